#include "recombination/generation_probability.hpp"

#include <algorithm>

#include "base/parallel.hpp"

namespace clustcr {
namespace {

std::size_t most_letters(const std::vector<EndGene>& genes) {
  std::size_t most = 0;
  for (const EndGene& gene : genes) most = std::max(most, gene.letters.size());
  return most;
}

void clear(std::size_t places, std::size_t blocks,
           std::vector<PlaceSums>* of_blocks) {
  of_blocks->resize(blocks);
  for (PlaceSums& sums : *of_blocks) sums.assign(places, StateVector{});
}

}  // namespace

GenerationProbability::GenerationProbability(const RecombinationModel& model,
                                             bool ball)
    : model_(model),
      ball_(ball),
      behind_v_(model.behind_v, most_letters(model.v)),
      before_j_(model.before_j, most_letters(model.j)) {
  for (const MiddleGene& gene : model.d) middles_.emplace_back(gene);
}

double GenerationProbability::operator()(std::string_view residues,
                                         const VSide& v, const JSide& j,
                                         Scratch* scratch) const {
  CodonPath& path = scratch->path;
  path.residues.clear();
  for (const char letter : residues)
    path.residues.push_back(
        &codon_states(ball_)[letter == kAnyResidue ? kAnyResidueIndex
                                                   : residue_index(letter)]);
  if (!model_.has_d()) return without_d(v, j, scratch);

  const std::size_t places = path.letters() + 1;
  scratch->v_ends.assign(places, StateVector{});
  std::vector<StateVector> stack;
  for (const SegmentTree& tree : v.trees())
    walk_from_left(
        tree, path, &stack,
        [&](std::size_t node, std::size_t place, const StateVector& sums) {
          const double weight = *tree.weights(node);
          for (std::size_t s = 0; s < kStateSlots; ++s)
            scratch->v_ends[place][s] += sums[s] * weight;
        });
  const SegmentTree& tree = j.trees()[0];
  clear(places, tree.columns(), &scratch->j_begins);
  walk_from_right(
      tree, path, accept(ball_, residues.size()), &stack,
      [&](std::size_t node, std::size_t place, const StateVector& sums) {
        const double* weights = tree.weights(node);
        for (std::size_t c = 0; c < tree.columns(); ++c)
          for (std::size_t s = 0; s < kStateSlots; ++s)
            scratch->j_begins[c][place][s] += sums[s] * weights[c];
      });
  return with_d(j, scratch);
}

double GenerationProbability::with_d(const JSide& j, Scratch* scratch) const {
  const CodonPath& path = scratch->path;
  const std::size_t places = path.letters() + 1;
  const std::size_t columns = scratch->j_begins.size();
  scratch->v_lanes.gather(&scratch->v_ends, 1, places);
  scratch->j_lanes.gather(scratch->j_begins.data(), columns, places);
  if (!scratch->v_lanes.any() || !scratch->j_lanes.any()) return 0;
  scratch->left.assign(places, StateVector{});
  behind_v_.forward(path, scratch->v_lanes, &scratch->left,
                    &scratch->insertion);
  clear(places, columns, &scratch->right_of_d);
  before_j_.backward(path, scratch->j_lanes, scratch->right_of_d.data(),
                     &scratch->insertion);
  double sum = 0;
  for (std::size_t d = 0; d < middles_.size(); ++d) {
    if (columns > 1 || d == 0)
      scratch->right_sums.set(path, scratch->right_of_d[columns > 1 ? d : 0]);
    const double share = j.shares().empty() ? 1 : j.shares()[d];
    if (share > 0)
      sum += share * middles_[d](path, scratch->left, scratch->right_sums);
  }
  return sum;
}

// P(V, J) is no product: what each V and each J makes of the ends is joined by
// what the insertion makes of the middle, from each place and state.
double GenerationProbability::without_d(const VSide& v, const JSide& j,
                                        Scratch* scratch) const {
  const CodonPath& path = scratch->path;
  const std::size_t js = j.alleles().size();
  std::vector<StateVector> stack;
  std::size_t longest = 0;
  for (const SegmentTree& tree : v.trees())
    longest = std::max(longest, tree.deepest());
  longest = std::min(longest, path.letters());
  if (longest == 0) return 0;

  // Each state of each place where V may end is a lane of its own.
  GeneEnds& starts = scratch->v_lanes;
  starts.first = 1;
  starts.count = longest;
  starts.blocks = ball_ ? 7 : 3;
  starts.sums.assign(starts.blocks * longest, StateVector{});
  for (std::size_t s = 0; s < starts.blocks; ++s)
    for (std::size_t i = 0; i < longest; ++i)
      starts.sums[s * longest + i][s] = 1;
  const std::size_t block = InsertionSums::lane_stride(starts);
  const std::size_t all = block * starts.blocks;

  scratch->of_v.assign(all * js, 0);
  for (std::size_t a = 0; a < v.trees().size(); ++a) {
    const SegmentTree& tree = v.trees()[a];
    walk_from_left(
        tree, path, &stack,
        [&](std::size_t node, std::size_t place, const StateVector& sums) {
          const double weight = *tree.weights(node);
          if (weight == 0) return;
          for (std::size_t s = 0; s < starts.blocks; ++s) {
            if (sums[s] == 0) continue;
            double* row = &scratch->of_v[(s * block + place - 1) * js];
            for (std::size_t b = 0; b < js; ++b)
              row[b] += sums[s] * weight *
                        model_.probability(v.alleles()[a], j.alleles()[b]);
          }
        });
  }
  behind_v_.forward_lanes(path, starts, &scratch->lanes, &scratch->insertion);
  double sum = 0;
  for (std::size_t b = 0; b < js; ++b) {
    const SegmentTree& tree = j.trees()[b];
    scratch->of_j.assign(all, 0);
    walk_from_right(
        tree, path, accept(ball_, path.residues.size()), &stack,
        [&](std::size_t node, std::size_t place, const StateVector& sums) {
          const double weight = *tree.weights(node);
          if (weight == 0) return;
          for (std::size_t s = 0; s < kStateSlots; ++s) {
            if (sums[s] == 0) continue;
            const double* lanes =
                &scratch->lanes[(place * kStateSlots + s) * all];
            for (std::size_t i = 0; i < all; ++i)
              scratch->of_j[i] += lanes[i] * sums[s] * weight;
          }
        });
    for (std::size_t i = 0; i < all; ++i)
      sum += scratch->of_v[i * js + b] * scratch->of_j[i];
  }
  return sum;
}

std::vector<double> generation_probabilities(const RecombinationModel& model,
                                             const GenerationQuery& query,
                                             bool ball,
                                             const Execution& execution) {
  const GenerationProbability probability(model, ball);
  std::vector<VSide> v;
  std::vector<JSide> j;
  for (const auto& set : query.v_sets) v.push_back(probability.v_side(set));
  for (const auto& set : query.j_sets) j.push_back(probability.j_side(set));
  std::vector<double> found(query.sequences.size());
  std::vector<GenerationProbability::Scratch> scratch(
      static_cast<std::size_t>(usable_threads(execution.threads)));
  parallel_for(found.size(), 64, execution,
               [&](std::size_t begin, std::size_t end, int worker) {
                 for (std::size_t i = begin; i < end; ++i)
                   found[i] = probability(
                       query.sequences[i], v[query.v_set[i]], j[query.j_set[i]],
                       &scratch[static_cast<std::size_t>(worker)]);
               });
  return found;
}

}  // namespace clustcr
