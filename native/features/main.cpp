// catdog-features: pipeline 1 on the command line.
#include <string>
#include <vector>

#include "features/build_store.h"
#include "features/store_part.h"
#include "support/say.h"
#include "support/tool.h"

namespace {

int merge_command(int argc, char** argv) {
  std::vector<std::filesystem::path> parts;
  std::filesystem::path out;
  CLI::App app{
      "Makes one feature store of parts that catdog-features --shard made: the same, byte for byte, as one run.\n"
      "Near-duplicates are found and the photos split here, over all parts.",
      "catdog-features merge"};
  app.add_option("parts", parts, "Folders of all the parts, in any order")->required()->type_name("PART");
  app.add_option("--out", out, "Folder of the feature store")->check(catdog::no_name)->required();
  app.footer("Example:\n  catdog-features merge parts/1 parts/2 parts/3 --out features");
  return catdog::run_tool(app, argc, argv, [&] { catdog::say(catdog::merge_parts(parts, out)); });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string(argv[1]) == "merge") return merge_command(argc - 1, argv + 1);
  catdog::FeatureOptions options;
  std::string shard;
  std::vector<std::string> data;
  std::string format = "uint8", layout = "folders";
  bool unlabelled = false;
  CLI::App app{
      "Reads folders of class folders (such as PetImages with Cat and Dog in it) into a feature store:\n"
      "every photo preprocessed once, labelled, and 80 % / 20 % split for training.",
      "catdog-features"};
  app.add_option("--data", data,
                 "Folder with one folder of photos for each class (or links to them); may be given again. FOLDER:W\n"
                 "lets a training see each photo W times as often")
      ->type_name("FOLDER[:WEIGHT]")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->check(catdog::not_a_weighted_folder)
      ->required();
  app.add_option("--out", options.out, "Folder of the feature store")->check(catdog::no_name)->required();
  app.add_option("--size", options.size, "Side of the pictures in pixels")
      ->capture_default_str()
      ->check(CLI::Range(8, 1024));
  app.add_option("--format", format, "uint8, or float32 for values in [0, 1]")
      ->capture_default_str()
      ->check(CLI::IsMember({"uint8", "float32"}));
  app.add_option("--validation", options.validation_share,
                 "Share of each class that is held out; 1: all, to measure with")
      ->capture_default_str()
      ->check(catdog::number_from(0.0, 1.0));
  app.add_option("--seed", options.seed, "Decides which photos are held out")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  app.add_option("--threads", options.threads, "0: one for each core")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  auto* const labelled =
      app.add_option("--layout", layout,
                     "folders: a folder for each class; flat: one folder, labels from names such as cat.0.jpg;\n"
                     "sources: folders of class folders, each from elsewhere and held out as a whole or not at all")
          ->capture_default_str()
          ->check(CLI::IsMember({"folders", "flat", "sources"}));
  app.add_option("--negative-class", options.negative_class,
                 "The class folder, such as Other, of photos that show none of the classes")
      ->type_name("NAME");
  app.add_flag(
         "--unlabelled", unlabelled,
         "Photos of none of the classes, for catdog-train --negatives; photos of one folder are held out together")
      ->excludes(labelled);
  app.add_option("--shard", shard, "I/N, such as 2/5: only this part of the photos, into a part for 'merge'")
      ->check(catdog::not_a_shard);
  app.add_flag("--force", options.force, "Decode again although no file has changed");
  app.footer(
      "Examples:\n  catdog-features --data PetImages --out features\n"
      "  catdog-features --data collections --layout sources --negative-class Other --out everyday\n\n"
      "On several machines, each with its own I, over the same files; then once:\n"
      "  catdog-features --data PetImages --shard 2/5 --out parts/2\n"
      "  catdog-features merge parts/1 parts/2 parts/3 parts/4 parts/5 --out features\n\n"
      "Files that cannot be read are listed with the reason in skipped.csv.");
  return catdog::run_tool(app, argc, argv, [&] {
    options.shard = catdog::parse_shard(shard);
    options.float32 = format == "float32";
    options.layout = unlabelled            ? catdog::Layout::kUnlabelled
                     : layout == "flat"    ? catdog::Layout::kFlat
                     : layout == "sources" ? catdog::Layout::kSources
                                           : catdog::Layout::kFolders;
    for (const std::string& one : data) options.data.push_back(catdog::parse_weighted_folder(one));
    catdog::say(catdog::build_store(options));
  });
}
