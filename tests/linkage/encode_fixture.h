// A folder of its own for a test, and tables, keys and models in it. All people are made up.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "linkage/encode.h"

namespace hearth::linkage {

class EncodeFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    dir_ = std::filesystem::temp_directory_path() /
           ("hearth_" + std::string(info->test_suite_name()) + "_" + info->name() + "_" + std::to_string(::getpid()));
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_);
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  std::string Path(std::string_view name) const { return (dir_ / name).string(); }
  std::string Write(std::string_view name, std::string_view bytes) const {
    std::ofstream(Path(name), std::ios::binary) << bytes;
    return Path(name);
  }
  static std::string Bytes(const std::string& path) {
    std::ostringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return out.str();
  }

  static constexpr std::string_view kKeyHex = "8f1d0c3ab7e95264f0a81b3cd2e76549187f6aebc30d529e4471b8f2d6a03c95";
  static constexpr std::string_view kOtherHex = "1c77e0953bd84af26610f59ec2a8437db5094e6f81d32ca7580be6f4913a7d2c";
  static EncodingKey Key(std::string_view hex = kKeyHex) { return EncodingKey::FromFileBytes(hex).value(); }
  static EncodingModel ModelOf(std::string_view yaml) {
    auto model = ReadEncodingModel(yaml, "m.yaml");
    EXPECT_TRUE(model.ok()) << model.status();
    return model.ok() ? *model : EncodingModel{};
  }
  static StatusOr<EncodeResult> Encoded(std::string_view yaml, const std::string& table, int threads = 1,
                                        std::string_view key = kKeyHex) {
    const EncodingModel model = ModelOf(yaml);
    const EncodingKey own = Key(kOtherHex);
    return EncodeTable({.model = model, .table = table, .threads = threads}, Key(key),
                       model.NeedsOwnKey() ? &own : nullptr);
  }

  std::filesystem::path dir_;
};

inline constexpr std::string_view kPeopleModel =
    "encoding: people\n"
    "fields:\n"
    "  - {name: name, column: \"name | name_key\", q: 1, bits: 100}\n"
    "  - {name: born, column: \"born | digits\", elements: date, bits: 100}\n"
    "  - {name: number, column: \"number | digits\", q: 2, padding: false, positional: true, bits: 100}\n";

inline constexpr std::string_view kPeople =
    "id,name,born,number\n"
    "c3,王小芳,1984-03-12,339901198403120028\n"
    "c1,欧阳明华,1979-11-02,339902197911020013\n"
    "c2,买买提·吐尔逊,1990-07-30,339903199007300017\n"
    "c4,,,\n";

}  // namespace hearth::linkage
