#include "policy/columns/program.h"

#include <algorithm>
#include <cstring>

#include "core/cpu.h"
#include "policy/feel/interpreter.h"

namespace hearth::columns {
namespace {

constexpr int kWidths = 3;  // bits, 32, 64

bool IsSegment(GraphOp op) {
  return op == GraphOp::kSegmentSum || op == GraphOp::kSegmentCount || op == GraphOp::kSegmentMin ||
         op == GraphOp::kSegmentMax || op == GraphOp::kSegmentDistinct || op == GraphOp::kSegmentAny;
}
// Lanes at the child's level, with the parent's in imm.
bool IsSpread(GraphOp op) {
  return op == GraphOp::kSpread || op == GraphOp::kSpreadBits || op == GraphOp::kSegmentEdge;
}
bool IsChecked(GraphOp op) {
  return op == GraphOp::kAddChecked || op == GraphOp::kSubtractChecked || op == GraphOp::kMultiplyChecked ||
         op == GraphOp::kLessWide || op == GraphOp::kEqualWide;
}
// Columns that stand somewhere without being worked out.
bool IsPlaced(GraphOp op) {
  return op == GraphOp::kConst || op == GraphOp::kAll || op == GraphOp::kNone || op == GraphOp::kBoxedNumber ||
         op == GraphOp::kBoxedKnown || op == GraphOp::kBoxedTrue;
}

size_t Padded(size_t lanes) { return (lanes + 63) / 64 * 64; }
size_t BytesOf(int width, size_t padded) {
  const size_t room = padded + kSlack;
  return width == 0 ? room / 8 + 16 : width == 1 ? room * 4 : room * 8;
}

}  // namespace

Program::Program(const Plan& plan, std::vector<Output> outputs, bool portable)
    : plan_(plan),
      outputs_(std::move(outputs)),
      portable_(portable || !HasAvx2() || FindAvx2Bounds(Width::k32) == nullptr) {
  Schedule();
  Assign();
}

int Program::ClassOf(const GraphNode& n) {
  const int width = n.bits ? 0 : n.wide ? 2 : 1;
  return n.level * kWidths + width;
}

void Program::Visit(NodeId id, std::vector<uint8_t>* seen) {
  // Graphs of long chains are deep: a stack of our own.
  std::vector<std::pair<NodeId, bool>> todo = {{id, false}};
  while (!todo.empty()) {
    const auto [node, ready] = todo.back();
    todo.pop_back();
    const size_t at = static_cast<size_t>(node);
    if ((*seen)[at] == 2) continue;
    const GraphNode& n = plan_.graph[node];
    if (ready || IsPlaced(n.op)) {
      (*seen)[at] = 2;
      if (!IsPlaced(n.op)) {
        Step step;
        step.node = node;
        steps_.push_back(step);
      }
      continue;
    }
    todo.push_back({node, true});
    for (const NodeId operand : {n.d, n.c, n.b, n.a}) {
      if (operand != kNoNode && (*seen)[static_cast<size_t>(operand)] != 2) todo.push_back({operand, false});
    }
  }
}

void Program::Schedule() {
  std::vector<uint8_t> seen(plan_.graph.size(), 0);
  for (size_t i = 0; i < outputs_.size(); ++i) {
    for (const NodeId id : outputs_[i].nodes) {
      if (id != kNoNode) Visit(id, &seen);
    }
    Step step;
    step.output = static_cast<int>(i);
    steps_.push_back(step);
  }
  for (Step& step : steps_) {
    if (step.node == kNoNode) continue;
    const GraphNode& n = plan_.graph[step.node];
    const auto placed = [&](NodeId id) {
      if (id == kNoNode) return false;
      const GraphOp op = plan_.graph[id].op;
      return op == GraphOp::kConst || op == GraphOp::kAll;
    };
    OperandShape shape;
    shape.a_const = placed(n.a);
    shape.b_const = placed(n.b);
    shape.c_const = placed(n.c);
    shape.d_const = placed(n.d);
    if (n.op == GraphOp::kInput) shape.input = plan_.graph.inputs()[static_cast<size_t>(n.imm)].spec.width;
    if (n.op == GraphOp::kSegmentSum) shape.input = plan_.graph[n.a].wide ? Width::k64 : Width::k32;
    step.kernel = portable_ ? FindPortableKernel(n, shape) : FindAvx2Kernel(n, shape);
    step.alias = n.op == GraphOp::kInput && (shape.input == Width::k64 || (shape.input == Width::k32 && !n.wide));
    checks_ |= IsChecked(n.op) ||
               (n.op == GraphOp::kInput && !FillsWidth(plan_.graph.inputs()[static_cast<size_t>(n.imm)].spec));
  }
}

void Program::Assign() {
  std::vector<int> last_use(plan_.graph.size(), -1);
  for (size_t i = 0; i < steps_.size(); ++i) {
    const auto use = [&](NodeId id) {
      if (id != kNoNode) last_use[static_cast<size_t>(id)] = static_cast<int>(i);
    };
    if (steps_[i].output >= 0) {
      for (const NodeId id : outputs_[static_cast<size_t>(steps_[i].output)].nodes) use(id);
    } else {
      ForEachOperand(plan_.graph[steps_[i].node], use);
    }
  }
  const size_t levels = kFirstRows + plan_.layout->pack().registries().size();
  class_counts_.assign(levels * kWidths, 0);
  std::vector<std::vector<int>> free(class_counts_.size());
  std::vector<std::pair<int, int>> place(plan_.graph.size(), {-1, -1});
  for (size_t i = 0; i < steps_.size(); ++i) {
    Step& step = steps_[i];
    if (step.node != kNoNode && !step.alias) {
      const int c = ClassOf(plan_.graph[step.node]);
      std::vector<int>& list = free[static_cast<size_t>(c)];
      if (list.empty()) list.push_back(class_counts_[static_cast<size_t>(c)]++);
      step.register_class = c;
      step.register_index = list.back();
      list.pop_back();
      place[static_cast<size_t>(step.node)] = {c, step.register_index};
    }
    const auto release = [&](NodeId id) {
      if (id == kNoNode || last_use[static_cast<size_t>(id)] != static_cast<int>(i)) return;
      auto& [c, index] = place[static_cast<size_t>(id)];
      if (c < 0) return;
      free[static_cast<size_t>(c)].push_back(index);
      c = -1;
    };
    if (step.output >= 0) {
      for (const NodeId id : outputs_[static_cast<size_t>(step.output)].nodes) release(id);
    } else {
      ForEachOperand(plan_.graph[step.node], release);
      release(step.node);
    }
  }
}

// Where `padded` lanes may be read; a column that ends earlier is copied.
const void* Program::Readable(const ColumnView& view, Width width, size_t padded, size_t lanes, Workspace* w,
                              size_t slot) const {
  if (view.data != nullptr && view.readable >= padded) return view.data;
  HEARTH_CHECK(view.data != nullptr || !plan_.graph.inputs()[slot].spec.always_known || lanes == 0,
               "a column that promised to be known is not bound");
  const size_t size = size_t{1} << static_cast<int>(width);
  std::vector<uint8_t>& copy = w->padded_inputs[slot];
  if (copy.size() < padded * size || copy.empty()) copy.resize((padded + 1) * size);
  const size_t have = view.data == nullptr ? 0 : std::min(view.readable, lanes);
  if (have > 0) std::memcpy(copy.data(), view.data, have * size);
  std::memset(copy.data() + have * size, 0, (padded - have) * size);
  return copy.data();
}

const uint32_t* Program::Offsets(Level child, Level parent, const UnitBatch& batch, Workspace* w,
                                 size_t* parents) const {
  if (child == kMembers) {
    *parents = batch.size();
    return batch.member_offsets().data();
  }
  const UnitBatch::Rows rows = batch.RowsView(child - kFirstRows);
  if (parent == kMembers) {
    *parents = batch.members();
    return rows.is_there ? rows.offsets.data() : w->unit_rows.back().data();
  }
  *parents = batch.size();
  std::vector<uint32_t>& offsets = w->unit_rows[static_cast<size_t>(child - kFirstRows)];
  if (offsets.empty()) {
    offsets.resize(batch.size() + 1);
    for (size_t u = 0; u <= batch.size(); ++u) {
      offsets[u] = rows.is_there ? rows.offsets[batch.member_offsets()[u]] : 0;
    }
  }
  return offsets.data();
}

const uint64_t* Program::FirstsOf(const uint32_t* offsets, size_t parents, size_t padded, Workspace::Firsts* firsts) {
  if (!firsts->done) {
    firsts->done = true;
    firsts->all = true;
    firsts->bits.assign(padded / 64 + 2, 0);
    uint64_t gathered = 0;
    size_t word = 0;
    for (size_t p = 0; p < parents; ++p) {
      const size_t first = offsets[p];
      firsts->all &= first != offsets[p + 1];
      for (; first / 64 != word; ++word, gathered = 0) firsts->bits[word] = gathered;
      gathered |= uint64_t{1} << (first % 64);
    }
    firsts->bits[word] = gathered;
  }
  return firsts->all ? firsts->bits.data() : nullptr;
}

void Program::Execute(const Step& step, const UnitBatch& batch, Workspace* w, void* out, const LevelSize* sizes) const {
  const GraphNode& n = plan_.graph[step.node];
  const LevelSize size = sizes[n.level];
  KernelArguments k;
  k.out = out;
  k.lanes = size.lanes;
  k.padded = size.padded;
  k.imm = n.imm;
  k.imm2 = n.imm2;
  const auto operand = [&](NodeId id, const void** p, int64_t* constant) {
    if (id == kNoNode) return;
    *p = w->at[static_cast<size_t>(id)];
    *constant = plan_.graph[id].imm;
    if (plan_.graph[id].op == GraphOp::kConst) *p = nullptr;
  };
  operand(n.a, &k.a, &k.const_a);
  operand(n.b, &k.b, &k.const_b);
  operand(n.c, &k.c, &k.const_c);
  operand(n.d, &k.d, &k.const_d);
  switch (n.op) {
    case GraphOp::kInput:
    case GraphOp::kTrue: {
      const InputColumn& c = plan_.graph.inputs()[static_cast<size_t>(n.imm)];
      const ColumnView view = c.registry >= 0 ? batch.CellView(c.registry, c.field) : batch.FactView(c.place, c.slot);
      k.a = Readable(view, c.spec.width, size.padded, size.lanes, w, static_cast<size_t>(n.imm));
      if (n.op == GraphOp::kInput && batch.is_bound() && !FillsWidth(c.spec)) {
        KernelArguments bounds = k;
        bounds.imm = c.spec.low;
        bounds.imm2 = c.spec.high;
        bounds.failed = w->failed[static_cast<size_t>(n.level)].data();
        (portable_ ? FindPortableBounds(c.spec.width) : FindAvx2Bounds(c.spec.width))(bounds);
      }
      if (step.alias) {
        w->at[static_cast<size_t>(step.node)] = k.a;
        return;
      }
      break;
    }
    case GraphOp::kKnown:
    case GraphOp::kListed:
    case GraphOp::kFirstSeen:
    case GraphOp::kThere: {
      const uint64_t* bits = nullptr;
      size_t first = 0;
      bool all = false;
      if (n.op == GraphOp::kKnown) {
        const InputColumn& c = plan_.graph.inputs()[static_cast<size_t>(n.imm)];
        const ColumnView view = c.registry >= 0 ? batch.CellView(c.registry, c.field) : batch.FactView(c.place, c.slot);
        bits = view.known;
        first = view.known_first;
        all = bits == nullptr && view.data != nullptr;
      } else if (n.op == GraphOp::kThere) {
        bits = batch.PlaceThere(static_cast<FactPlace>(n.imm), &all);
      } else {
        const UnitBatch::Rows rows = batch.RowsView(static_cast<int>(n.imm));
        bits = n.op == GraphOp::kListed ? rows.answered.known : rows.first;
        first = n.op == GraphOp::kListed ? rows.answered.known_first : 0;
        all = bits == nullptr && rows.is_there;
      }
      if (bits == nullptr) {
        std::memset(out, all ? 0xFF : 0, size.padded / 8);
        return;
      }
      k.a = bits;
      k.imm = static_cast<int64_t>(first);
      break;
    }
    case GraphOp::kWordTable: {
      Workspace::Table& table = w->tables[static_cast<size_t>(n.imm)];
      std::vector<uint8_t>& flags = table.flags;
      if (!table.filled) {
        table.filled = true;
        const int32_t* words = static_cast<const int32_t*>(k.a);
        for (size_t i = 0; i < size.lanes; ++i) {
          const size_t word = static_cast<uint32_t>(words[i]);
          if (word < flags.size() && flags[word] == kUntested) {
            flags[word] = w->test_word(static_cast<size_t>(n.imm), words[i]);
          }
        }
      }
      k.table = flags.data();
      k.table_size = flags.size();
      break;
    }
    default:
      break;
  }
  if (IsSegment(n.op) || IsSpread(n.op)) {
    const bool down = IsSpread(n.op);
    const Level child = down                           ? n.level
                        : n.op == GraphOp::kSegmentSum ? plan_.graph[n.a].level
                                                       : static_cast<Level>(n.imm);
    const Level parent = down ? static_cast<Level>(n.imm) : n.level;
    k.offsets = Offsets(child, parent, batch, w, &k.parents);
    k.lanes = sizes[child].lanes;
    k.padded = sizes[child].padded;
    k.parents_padded = sizes[parent].padded;
    k.scratch = w->scratch.data();
    if (n.op == GraphOp::kSpreadBits) {
      k.firsts = FirstsOf(k.offsets, k.parents, k.padded,
                          &w->firsts[static_cast<size_t>(child) * 2 + static_cast<size_t>(parent)]);
    }
  }
  if (IsChecked(n.op)) k.failed = w->failed[static_cast<size_t>(n.level)].data();
  step.kernel(k);
}

void Program::Run(const UnitBatch& batch, Workspace* w,
                  const std::function<void(const Output&, const std::function<ColumnAt(NodeId)>&)>& hand_out,
                  uint64_t* failed_units) const {
  const size_t registries = plan_.layout->pack().registries().size();
  const size_t levels = kFirstRows + registries;
  std::vector<LevelSize>& sizes = w->sizes;
  sizes.resize(levels);
  sizes[kUnits] = {batch.size(), Padded(batch.size())};
  sizes[kMembers] = {batch.members(), Padded(batch.members())};
  size_t most = std::max(sizes[kUnits].padded, sizes[kMembers].padded), most_lanes = batch.members();
  w->unit_rows.resize(registries + 1);
  for (std::vector<uint32_t>& offsets : w->unit_rows) offsets.clear();
  w->unit_rows.back().assign(batch.members() + 1, 0);  // of a registry that nobody bound
  for (size_t r = 0; r < registries; ++r) {
    const size_t lanes = batch.RowsView(static_cast<int>(r)).count;
    sizes[kFirstRows + r] = {lanes, Padded(lanes)};
    most = std::max(most, Padded(lanes));
    most_lanes = std::max(most_lanes, lanes);
  }
  w->firsts.resize(levels * 2);
  for (Workspace::Firsts& firsts : w->firsts) firsts.done = false;
  w->padded_inputs.resize(plan_.graph.inputs().size());
  if (w->scratch.size() < most_lanes + 2) w->scratch.resize(most_lanes + 2);
  if (w->ones.size() < most / 64 + 3) {
    w->ones.assign(most / 64 + 3, ~uint64_t{0});
    w->zeros.assign(most / 64 + 3, 0);
  }
  if (checks_) {
    w->failed.resize(levels);
    for (size_t level = 0; level < levels; ++level) w->failed[level].assign(sizes[level].padded / 64 + 2, 0);
  }
  // Registers: one stretch of memory, class by class.
  std::vector<size_t>& base = w->bases;
  base.resize(class_counts_.size());
  size_t bytes = 0;
  for (size_t c = 0; c < class_counts_.size(); ++c) {
    base[c] = bytes;
    bytes += static_cast<size_t>(class_counts_[c]) *
             ((BytesOf(static_cast<int>(c) % kWidths, sizes[c / kWidths].padded) + 63) / 64 * 64);
  }
  if (w->memory.size() * 8 < bytes) w->memory.resize(bytes / 8 + 8, 0);
  w->at.resize(plan_.graph.size(), nullptr);
  for (size_t i = 0; i < plan_.graph.size(); ++i) {
    const GraphNode& n = plan_.graph[static_cast<NodeId>(i)];
    if (!IsPlaced(n.op)) continue;
    if (n.op == GraphOp::kAll) w->at[i] = w->ones.data();
    if (n.op == GraphOp::kNone) w->at[i] = w->zeros.data();
    if (n.op == GraphOp::kBoxedNumber) w->at[i] = w->boxed[static_cast<size_t>(n.imm)].values.data();
    if (n.op == GraphOp::kBoxedKnown) w->at[i] = w->boxed[static_cast<size_t>(n.imm)].known.data();
    if (n.op == GraphOp::kBoxedTrue) w->at[i] = w->boxed[static_cast<size_t>(n.imm)].is_true.data();
  }
  const std::function<ColumnAt(NodeId)> look = [&](NodeId id) {
    const GraphNode& n = plan_.graph[id];
    ColumnAt c;
    const void* p = w->at[static_cast<size_t>(id)];
    if (n.bits) {
      c.bits = static_cast<const uint64_t*>(p);
    } else if (n.op == GraphOp::kConst) {
      c.constant = n.imm;
    } else if (n.wide) {
      c.lanes64 = static_cast<const int64_t*>(p);
    } else {
      c.lanes32 = static_cast<const int32_t*>(p);
    }
    return c;
  };
  for (const Step& step : steps_) {
    if (step.output >= 0) {
      hand_out(outputs_[static_cast<size_t>(step.output)], look);
      continue;
    }
    void* out = nullptr;
    if (!step.alias) {
      const size_t c = static_cast<size_t>(step.register_class);
      const size_t each = (BytesOf(static_cast<int>(c) % kWidths, sizes[c / kWidths].padded) + 63) / 64 * 64;
      out = reinterpret_cast<uint8_t*>(w->memory.data()) + base[c] + static_cast<size_t>(step.register_index) * each;
      w->at[static_cast<size_t>(step.node)] = out;
    }
    Execute(step, batch, w, out, sizes.data());
  }
  if (!checks_) return;
  // A lane that failed fails its unit.
  for (size_t level = 0; level < levels; ++level) {
    const std::vector<uint64_t>& failed = w->failed[level];
    if (std::all_of(failed.begin(), failed.end(), [](uint64_t word) { return word == 0; })) continue;
    size_t parents = batch.size();
    const uint32_t* offsets =
        level == kUnits ? nullptr : Offsets(static_cast<Level>(level), kUnits, batch, w, &parents);
    for (size_t u = 0; u < batch.size(); ++u) {
      const size_t begin = offsets == nullptr ? u : offsets[u], end = offsets == nullptr ? u + 1 : offsets[u + 1];
      for (size_t i = begin; i < end; ++i) {
        if ((failed[i / 64] >> (i % 64) & 1) != 0) failed_units[u / 64] |= uint64_t{1} << (u % 64);
      }
    }
  }
}

}  // namespace hearth::columns
