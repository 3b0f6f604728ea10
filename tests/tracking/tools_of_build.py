"""Says where the tools are to what is run by hand: those built in the folder CATDOG_BUILD (build/training)."""
import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get('CATDOG_BUILD', ROOT + '/build/training'))
os.environ.update(CATDOG_FEATURES=BUILD + '/native/features/catdog-features', CATDOG_TRAIN=BUILD + '/native/training/catdog-train',
                  CATDOG_SYNC=BUILD + '/native/tracking/catdog-sync',
                  CATDOG_TRACK='', CATDOG_MAKE_BUNDLE='', CATDOG_PREDICT_EXAMPLE='', MLFLOW_DISABLE_TELEMETRY='true')
