// catdog-classify: pipeline 3 on the command line.
#include <stdexcept>
#include <string>

#include "inference/classify.h"
#include "inference/engine.h"
#include "support/say.h"
#include "support/tool.h"

int main(int argc, char** argv) {
  catdog::ClassifyOptions options;
  std::string shard = "1/1";
  CLI::App app{
      "Tells which class each photo shows, and writes the predictions as CSV: one row for every file,\n"
      "with an error instead of a prediction where it could not be read.",
      "catdog-classify"};
  app.add_option(
         "inputs", options.inputs,
         "Folders (with all folders in them that are no links; --out and --explain in them are no photos), files,\n"
         "or - for a list of files on standard input")
      ->type_name("FOLDER|FILE|-");
  app.add_option("--model", options.model, "Model bundle (default: the shipped one)")->type_name("DIR");
  app.add_option("--out", options.out, "CSV file; - is standard output")
      ->check(catdog::no_name)
      ->capture_default_str()
      ->type_name("FILE");
  app.add_option("--threshold", options.threshold,
                 "Below this confidence the decision is 'uncertain' (default: the bundle's)")
      ->check(catdog::number_from(0.0, 1.0));
  app.add_option("--presence-threshold", options.presence,
                 "Below this probability that any of the classes is there it is 'none' (default: the bundle's)")
      ->check(catdog::number_from(0.0, 1.0));
  app.add_option(
         "--precision", options.precision,
         "Numbers that the network computes with: float32, or int16 (fixed point, faster), which needs a model\n"
         "that states its tensors' ranges (default: int16 where the model does)")
      ->transform(CLI::CheckedTransformer(catdog::precisions()))
      ->type_name("float32|int16");
  app.add_flag("--tta", options.tta,
               "Look again at doubtful photos, mirrored and at two parts of them, and take the mean (test-time\n"
               "augmentation): a little more often right, and slower by as many photos as are doubtful");
  app.add_option("--batch-size", options.batch, "Photos that a thread takes at a time")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
  app.add_option("--threads", options.threads, "0: one for each core")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  app.add_flag("--null", options.null_separated, "Paths on standard input end with NUL instead of a new line");
  app.add_flag(
      "--stdin-stream", options.frames,
      "Photos come on standard input, one frame each: 4 bytes length of the path, 8 bytes length of the photo\n"
      "(both big-endian), the path, the photo. Rows come in that order while it goes on (docs/scale.md)");
  app.add_option("--explain", options.explain,
                 "Write pictures of where the network looked into this folder, one for each photo")
      ->type_name("DIR");
  app.add_option("--shard", shard, "I/N, such as 2/5: only this part of the files, for job arrays")
      ->check(catdog::not_a_shard);
  app.footer(
      "Examples:\n"
      "  catdog-classify holiday/ --out predictions.csv\n"
      "  find . -name '*.jpg' -print0 | catdog-classify - --null > predictions.csv\n\n"
      "Exit code: 0 fine (also where single photos failed), 1 nothing could be done (also where every file failed: "
      "the\n"
      "CSV then says why; a part by --shard or --stdin-stream ends with 0), 2 wrong usage.");
  return catdog::run_tool(app, argc, argv, [&] {
    if (options.frames != options.inputs.empty() || (options.frames && shard != "1/1")) {
      throw catdog::UsageError(options.frames
                                   ? "expected --stdin-stream without inputs and without --shard, found one of them"
                                   : "expected a folder, a file or -, found none; try 'catdog-classify --help'");
    }
    options.shard = *catdog::parse_shard(shard);
    const catdog::ClassifySummary summary = catdog::classify(options);
    catdog::say(summary.line);
    // A shard, and what comes in frames, may be a part of something that is fine in all.
    if (summary.all_failed && !options.frames && options.shard.count == 1) {
      throw std::runtime_error("expected a file that can be read, found none; each row's error says why");
    }
  });
}
