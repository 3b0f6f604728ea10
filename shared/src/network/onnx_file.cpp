#include "onnx_file.h"

#include "wire.h"

namespace catdog::network {
namespace {

using Type = Field::Type;

// Reads one file; remembers the first thing that is wrong with it.
class Reader {
 public:
  Result<OnnxModel> read(Bytes file) {
    Bytes graph;
    bool has_graph = false;
    const bool sound = each(file, [&](const Field& field) {
      if (field.id == 7 && field.type == Type::kBytes) graph = field.bytes, has_graph = true;
      if (field.id == 8 && field.type == Type::kBytes) read_opset(field.bytes);
      if (field.id == 14 && field.type == Type::kBytes) read_metadata(field.bytes);
    });
    if (!sound) refuse("an ONNX model", "other or damaged bytes");
    if (error_.message.empty() && !has_graph) refuse("an ONNX model", "no graph in it");
    if (error_.message.empty()) read_graph(graph);
    if (!error_.message.empty()) return error_;
    return std::move(file_);
  }

 private:
  // Calls `use` for each field until something is wrong; false where the bytes are damaged.
  template <class Use>
  bool each(Bytes message, Use use) {
    WireReader reader(message);
    Field field;
    while (error_.message.empty() && reader.next(field)) use(field);
    return reader.sound();
  }

  template <class Use>
  void each_of(const char* what, Bytes message, Use use) {
    if (!each(message, use)) refuse(std::string("a sound ") + what, "damaged bytes");
  }

  void refuse(const std::string& expected, const std::string& found, Problem problem = Problem::kCorrupt,
              const std::string& where = {}) {
    if (error_.message.empty()) error_ = {problem, where + "expected " + expected + ", found " + found};
  }
  void refuse_constant(const OnnxConstant& constant, const std::string& expected, const std::string& found) {
    refuse(expected, found, Problem::kCorrupt, "constant '" + constant.name + "': ");
  }

  // Makes room for one more; null where there are too many already.
  template <class T>
  T* add(std::vector<T>& list, std::size_t most, const char* what) {
    if (list.size() >= most) {
      refuse("at most " + std::to_string(most) + ' ' + what, "more", Problem::kTooLarge);
      return nullptr;
    }
    return &list.emplace_back();
  }

  void read_opset(Bytes message) {
    std::string domain;
    std::int64_t version = 0;
    each_of("list of operator sets", message, [&](const Field& field) {
      if (field.id == 1 && field.type == Type::kBytes) domain = field.text();
      if (field.id == 2 && field.type == Type::kVarint) version = field.integer();
    });
    if (domain.empty() || domain == "ai.onnx") file_.opset = version;
  }

  void read_metadata(Bytes message) {
    auto* entry = add(file_.metadata, kMaxTensors, "entries of metadata");
    if (!entry) return;
    each_of("entry of metadata", message, [&](const Field& field) {
      if (field.id == 1 && field.type == Type::kBytes) entry->first = field.text();
      if (field.id == 2 && field.type == Type::kBytes) entry->second = field.text();
    });
  }

  void read_graph(Bytes message) {
    each_of("ONNX graph", message, [&](const Field& field) {
      if (field.type != Type::kBytes) return;
      if (field.id == 1) {
        if (auto* node = add(file_.nodes, kMaxNodes, "nodes")) read_node(field.bytes, *node);
      } else if (field.id == 5) {
        if (auto* constant = add(file_.constants, kMaxTensors, "constants")) read_constant(field.bytes, *constant);
      } else if (field.id == 11) {
        if (auto* value = add(file_.inputs, kMaxTensors, "inputs")) read_value(field.bytes, *value);
      } else if (field.id == 12) {
        if (auto* value = add(file_.outputs, kMaxNodeTensors, "outputs")) read_value(field.bytes, *value);
      } else if (field.id == 15) {
        refuse("plain constants", "a sparse one", Problem::kNeedsPlatform);
      }
    });
  }

  void read_node(Bytes message, OnnxNode& node) {
    each_of("node", message, [&](const Field& field) {
      if (field.type != Type::kBytes) return;
      if (field.id == 1 || field.id == 2) {
        auto* name = add(field.id == 1 ? node.inputs : node.outputs, kMaxNodeTensors, "inputs or outputs of a node");
        if (name) *name = field.text();
      }
      if (field.id == 3) node.name = field.text();
      if (field.id == 4) node.type = field.text();
      if (field.id == 7) node.domain = field.text();
      if (field.id == 5) {
        if (auto* attribute = add(node.attributes, kMaxAttributes, "attributes of a node")) {
          read_attribute(field.bytes, *attribute);
        }
      }
    });
  }

  void read_attribute(Bytes message, OnnxAttribute& attribute) {
    each_of("attribute", message, [&](const Field& field) {
      switch (field.id) {
        case 1: attribute.name = field.text(); break;
        case 2: attribute.real = field.real(), attribute.has_real = true; break;
        case 3: attribute.number = field.integer(), attribute.has_number = true; break;
        case 4: attribute.text = field.text(); break;
        case 5:
          if (field.type == Type::kBytes && attribute.tensor.empty()) {
            read_constant(field.bytes, attribute.tensor.emplace_back());
          }
          break;
        case 7: read_reals(field, attribute.reals); break;
        case 8: read_integers(field, attribute.numbers); break;
        case 13:
        case 20:
        case 21: break;  // documentation, type, name of a reference
        default: attribute.other = true;
      }
    });
  }

  // A list's values come packed, or one by one.
  void read_integers(const Field& field, std::vector<std::int64_t>& list) {
    const auto take = [&](std::uint64_t value) {
      if (auto* place = add(list, kMaxListed, "numbers in a list")) *place = static_cast<std::int64_t>(value);
    };
    if (field.type == Type::kVarint) return take(field.number);
    WireReader packed(field.bytes);
    std::uint64_t value;
    while (error_.message.empty() && !packed.at_end() && packed.next_varint(value)) take(value);
    if (!packed.sound()) refuse("a sound list of numbers", "damaged bytes");
  }

  void read_reals(const Field& field, std::vector<float>& list) {
    Field one;
    one.number = field.number;
    const auto take = [&] {
      if (auto* place = add(list, kMaxListed, "numbers in a list")) *place = one.real();
    };
    if (field.type == Type::kFixed32) return take();
    WireReader packed(field.bytes);
    std::uint32_t bits;
    while (error_.message.empty() && !packed.at_end() && packed.next_fixed32(bits)) one.number = bits, take();
    if (!packed.sound()) refuse("a sound list of numbers", "damaged bytes");
  }

  void read_constant(Bytes message, OnnxConstant& constant) {
    bool elsewhere = false;
    std::vector<std::pair<std::uint32_t, Field>> values;
    each_of("constant", message, [&](const Field& field) {
      switch (field.id) {
        case 1: read_integers(field, constant.shape); break;
        case 2: constant.type = static_cast<int>(field.integer()); break;
        case 4:
        case 5:
        case 7:
        case 10:
        case 11: values.emplace_back(field.id, field); break;
        case 8: constant.name = field.text(); break;
        case 9: constant.raw = field.bytes; break;
        case 13: elsewhere = true; break;
        case 14: elsewhere = elsewhere || field.number != 0; break;
        default: break;
      }
      if (values.size() > kMaxListed) refuse("packed values of a constant", "single ones", Problem::kTooLarge);
    });
    if (elsewhere) return refuse_constant(constant, "its values in the same file", "that they lie in another one");
    if (constant.shape.size() > kMaxRank) return refuse_constant(constant, "at most 8 dimensions", "more");
    if (!count_values(constant)) return refuse_constant(constant, "a sound shape", shape_text(constant.shape));
    for (const auto& [id, field] : values) {
      if (id != field_of(constant.type)) continue;
      if (field.type == Type::kBytes)
        constant.listed.push_back(field.bytes);
      else
        constant.single.push_back(field.number);
    }
    check_size(constant);
  }

  static bool count_values(OnnxConstant& constant) {
    for (const std::int64_t side : constant.shape) {
      if (side < 0 || side > INT32_MAX) return false;
      constant.count *= static_cast<std::uint64_t>(side);
      if (constant.count > INT32_MAX) return false;
    }
    return true;
  }

  // The field of TensorProto in which values of a type are listed.
  static std::uint32_t field_of(int type) {
    switch (static_cast<DataType>(type)) {
      case DataType::kFloat32: return 4;
      case DataType::kInt64: return 7;
      case DataType::kDouble: return 10;
      case DataType::kInt32:
      case DataType::kFloat16: break;
    }
    return 5;
  }

  static std::size_t bytes_of(int type) {
    switch (static_cast<DataType>(type)) {
      case DataType::kFloat32:
      case DataType::kInt32: return 4;
      case DataType::kInt64:
      case DataType::kDouble: return 8;
      case DataType::kFloat16: return 2;
    }
    return 0;
  }

  // No more than the shape promises, so that whoever reads the values finds them all.
  void check_size(const OnnxConstant& constant) {
    const std::size_t width = bytes_of(constant.type);
    if (width == 0) return;  // no operator here reads it
    if (constant.raw.size > 0 || (constant.listed.empty() && constant.single.empty())) {
      if (constant.raw.size != constant.count * width) {
        refuse_constant(constant, std::to_string(constant.count * width) + " bytes for " + shape_text(constant.shape),
                        std::to_string(constant.raw.size));
      }
      return;
    }
    // Floats have their width; other values take at least one byte each.
    const bool fixed = field_of(constant.type) == 4 || field_of(constant.type) == 10;
    std::uint64_t most = constant.single.size();
    for (const Bytes& part : constant.listed) most += part.size / (fixed ? width : 1);
    if (most < constant.count) refuse_constant(constant, std::to_string(constant.count) + " values", "fewer");
  }

  void read_value(Bytes message, OnnxValue& value) {
    each_of("input or output", message, [&](const Field& field) {
      if (field.id == 1 && field.type == Type::kBytes) value.name = field.text();
      if (field.id == 2 && field.type == Type::kBytes) read_type(field.bytes, value);
    });
  }

  void read_type(Bytes message, OnnxValue& value) {
    each_of("type", message, [&](const Field& field) {
      if (field.id != 1 || field.type != Type::kBytes) return;
      each_of("tensor type", field.bytes, [&](const Field& part) {
        if (part.id == 1) value.type = static_cast<int>(part.integer());
        if (part.id == 2 && part.type == Type::kBytes) read_shape(part.bytes, value.shape);
      });
    });
  }

  void read_shape(Bytes message, std::vector<std::int64_t>& shape) {
    each_of("shape", message, [&](const Field& field) {
      if (field.id != 1 || field.type != Type::kBytes) return;
      auto* side = add(shape, kMaxRank, "dimensions");
      if (!side) return;
      *side = kSymbolic;
      each_of("dimension", field.bytes, [&](const Field& part) {
        if (part.id == 1 && part.type == Type::kVarint) *side = part.integer();
      });
    });
  }

  OnnxModel file_;
  Error error_{};
};

}  // namespace

Result<OnnxModel> read_onnx(Bytes file) { return Reader().read(file); }

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const std::int64_t side : shape) {
    text += (text.empty() ? "" : "×") + (side == kSymbolic ? std::string("N") : std::to_string(side));
  }
  return text.empty() ? "no shape" : text;
}

}  // namespace catdog::network
