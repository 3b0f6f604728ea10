// Where a filter stands: kernel, strides, dilations and padding of convolutions and pools.
#include <algorithm>

#include "translator.h"

namespace catdog::network {

bool Translator::read_window(const Shape& input, int kernel_h, int kernel_w, Window& window, Shape& output) {
  std::vector<int> kernel, strides, dilations, pads;
  if (!numbers("kernel_shape", 2, kMaxSide, {kernel_h, kernel_w}, kernel) ||
      !numbers("strides", 2, kMaxSide, {1, 1}, strides) || !numbers("dilations", 2, kMaxSide, {1, 1}, dilations) ||
      !numbers("pads", 4, kMaxSide, {0, 0, 0, 0}, pads)) {
    return false;
  }
  window = {kernel[0],    kernel[1], strides[0], strides[1], dilations[0],
            dilations[1], pads[0],   pads[1],    pads[2],    pads[3]};
  if (!resolve_padding(input, window)) return false;
  return output_side(input.height, window.kernel_h, window.stride_h, window.dilation_h, window.top, window.bottom,
                     output.height) &&
         output_side(input.width, window.kernel_w, window.stride_w, window.dilation_w, window.left, window.right,
                     output.width);
}

// auto_pad: as much padding as keeps the side (divided by the stride), or none.
bool Translator::resolve_padding(const Shape& input, Window& window) {
  const OnnxAttribute* given = attribute("auto_pad");
  const std::string kind = given ? given->text : "NOTSET";
  if (kind == "NOTSET") return true;
  if (attribute("pads")) return refuse("auto_pad or pads", "both");
  if (kind == "VALID") return true;
  if (kind != "SAME_UPPER" && kind != "SAME_LOWER") return refuse("an auto_pad that is known here", kind);
  const auto share = [&](int side, int size, int stride, int dilation, int& before, int& after) {
    const int outputs = (side + stride - 1) / stride;
    const std::int64_t reach = std::int64_t{outputs - 1} * stride + std::int64_t{size - 1} * dilation + 1;
    const auto all = static_cast<int>(std::clamp<std::int64_t>(reach - side, 0, 2 * kMaxSide));
    before = kind == "SAME_UPPER" ? all / 2 : all - all / 2;
    after = all - before;
  };
  share(input.height, window.kernel_h, window.stride_h, window.dilation_h, window.top, window.bottom);
  share(input.width, window.kernel_w, window.stride_w, window.dilation_w, window.left, window.right);
  return true;
}

// `after` grows where ceil_mode lets a last window stand that is not all within the picture.
bool Translator::output_side(int input, int kernel, int stride, int dilation, int before, int& after, int& side) {
  const std::int64_t reach = std::int64_t{kernel - 1} * dilation + 1;
  std::int64_t room = std::int64_t{input} + before + after - reach;
  if (room < 0) return refuse("a kernel no larger than the padded picture", std::to_string(reach), Problem::kCorrupt);
  if (number("ceil_mode", 0) != 0) {
    const std::int64_t missing = (stride - room % stride) % stride;
    // A window that would begin beyond the picture and its padding before is left out.
    if (missing > 0 && room + missing < std::int64_t{input} + before)
      room += missing, after += static_cast<int>(missing);
  }
  if (room / stride + 1 > kMaxSide) {
    return refuse("sides of at most " + std::to_string(kMaxSide), std::to_string(room / stride + 1),
                  Problem::kTooLarge);
  }
  side = static_cast<int>(room / stride + 1);
  return true;
}

}  // namespace catdog::network
