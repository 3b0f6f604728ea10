// What the tools store for each other: NumPy arrays and CSV tables.
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <stdexcept>

#include "catdog/model/csv.h"
#include "support/csv_reader.h"
#include "support/files.h"
#include "support/npy.h"
#include "support/temporary_folder.h"
#include "support/test_data.h"

namespace catdog {
namespace {
namespace fs = std::filesystem;

TEST(NpyTest, WritesWhatNumPyDefines) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.npy";
  NpyWriter writer(file, "<f4", {2});
  const float row[] = {1.0f, -2.0f};
  for (int i = 0; i < 3; ++i) writer.append(row, sizeof row);
  writer.finish(3);
  const auto bytes = bytes_of(file);
  ASSERT_EQ(bytes.size(), 128u + 3 * sizeof row);
  const std::string header(bytes.begin(), bytes.begin() + 128);
  // numpy.lib.format: magic, version 1.0, length of the rest of the header, a Python dictionary, spaces, new line.
  EXPECT_EQ(header.substr(0, 10), std::string("\x93NUMPY\x01\x00\x76\x00", 10));
  EXPECT_EQ(header.substr(10, 59), "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }");
  EXPECT_EQ(header.find_first_not_of(' ', 69), 127u);
  EXPECT_EQ(header[127], '\n');
  EXPECT_EQ(std::memcmp(bytes.data() + 128 + sizeof row, row, sizeof row), 0);
}

TEST(NpyTest, ReadsBack) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.npy";
  NpyWriter writer(file, "<i8", {});
  for (const std::int64_t value : {5, -7}) writer.append(&value, sizeof value);
  writer.finish(2);
  const NpyArray array(file);
  EXPECT_EQ(array.descr(), "<i8");
  EXPECT_EQ(array.shape(), std::vector<std::size_t>{2});
  std::int64_t second = 0;
  std::memcpy(&second, array.data() + 8, 8);
  EXPECT_EQ(second, -7);
}

TEST(NpyTest, RefusesWhatDoesNotFit) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.npy";
  const auto refused = [&](std::string header, std::size_t data, const std::string& part) {
    header.resize(118, ' ');
    write_file(file, std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + std::string(data, '\0'));
    try {
      const NpyArray array(file);
    } catch (const std::runtime_error& failure) {
      EXPECT_NE(std::string(failure.what()).find(part), std::string::npos) << failure.what();
      EXPECT_NE(std::string(failure.what()).find("a.npy: expected"), std::string::npos) << failure.what();
      return true;
    }
    return false;
  };
  const std::string sound = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
  EXPECT_FALSE(refused(sound, 24, ""));
  EXPECT_TRUE(refused(sound, 23, "24 bytes of data, found 23"));
  EXPECT_TRUE(refused(sound, 25, "24 bytes of data, found 25"));
  EXPECT_TRUE(refused("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", 24, "found <f8"));
  EXPECT_TRUE(refused("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", 24, "Fortran"));
  EXPECT_TRUE(
      refused("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 4), }", 24, "memory"));
  EXPECT_TRUE(refused("nonsense", 24, "a NumPy header"));
  for (const std::string& bytes :
       {std::string(), std::string("\x93NUMPY"), std::string("\x93NUMPY\x01\x00\xFF\xFF", 10)}) {
    write_file(file, bytes);
    EXPECT_THROW(const NpyArray array(file), std::runtime_error);
  }
  EXPECT_THROW(const NpyArray array(folder.path() / "none"), std::runtime_error);
}

TEST(CsvReaderTest, ReadsWhatTheWriterWrote) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.csv";
  const std::vector<std::string> texts = {"plain", "=1+1",           "-", "a,b", "say \"miau\"", "two\nlines", "\r",
                                          "",      "K\xC3\xA4tzchen"};
  std::string table = "name,number\r\n";
  for (const std::string& text : texts) table += csv_text(text) + ",7\r\n";
  write_file(file, table);
  CsvReader reader(file, {"name", "number"});
  std::vector<std::string> cells;
  for (const std::string& text : texts) {
    ASSERT_TRUE(reader.next(cells));
    EXPECT_EQ(cells, (std::vector<std::string>{text, "7"}));
  }
  EXPECT_FALSE(reader.next(cells));
}

TEST(CsvReaderTest, RefusesOtherTables) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.csv";
  EXPECT_THROW(CsvReader(file, {"name"}), std::runtime_error);
  write_file(file, "other\r\nx\r\n");
  EXPECT_THROW(CsvReader(file, {"name"}), std::runtime_error);
  write_file(file, "name\r\nx,y\r\n");
  CsvReader reader(file, {"name"});
  std::vector<std::string> cells;
  try {
    reader.next(cells);
    FAIL() << "two cells in a table of one column";
  } catch (const std::runtime_error& failure) {
    EXPECT_NE(std::string(failure.what()).find("expected 1 cells in record 1, found 2"), std::string::npos)
        << failure.what();
  }
}

}  // namespace
}  // namespace catdog
