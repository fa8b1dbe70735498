#include "recombination/model_reader.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "recombination/model_events.hpp"

namespace clustcr {
namespace {

using Events = std::map<std::string, ModelEvent>;
using Places = std::map<std::string, std::size_t>;

// The events by name, and what they must be.
class EventTable {
 public:
  EventTable(const ModelFiles& files, Events events)
      : files_(files), events_(std::move(events)) {
    for (auto& [name, event] : events_)
      if (event.marginals_line) check_sums(name, &event);
  }

  bool has(const std::string& name) const { return events_.count(name) > 0; }

  // The event `name`, conditional on some of `given` at most. The rows of its
  // probabilities sum to 1, but for those of genes that are never chosen.
  const ModelEvent& get(const std::string& name, const std::string& kind,
                        const std::vector<std::string>& given) const {
    const auto found = events_.find(name);
    if (found == events_.end())
      refuse_model(files_.params(), 1,
                   "there is no event '" + name + "', as a model " +
                       (has("d_gene") ? "with D has" : "without D has"));
    const ModelEvent& event = found->second;
    if (event.kind != kind)
      refuse_model(
          files_.params(), event.line,
          "'" + name + "' must be a " + kind + ", not a " + event.kind);
    if (!event.marginals_line)
      refuse_model(files_.marginals(), 1, "there is no event '" + name + "'");
    check_given(name, event, given);
    return event;
  }

  [[noreturn]] void refuse(const ModelEvent& event,
                           const std::string& why) const {
    refuse_model(files_.params(), event.line, why);
  }

 private:
  void check_given(const std::string& name, const ModelEvent& event,
                   const std::vector<std::string>& given) const {
    for (std::size_t i = 0; i < event.given.size(); ++i) {
      const std::string& other = event.given[i];
      if (std::find(given.begin(), given.end(), other) == given.end())
        refuse_model(files_.marginals(), event.marginals_line,
                     "'" + name + "' depends on '" + other +
                         "', which is no model that can be read here");
      check_size(event, i, events_.find(other)->second.values.size());
    }
    const bool pairs = event.kind == "DinucMarkov";
    check_size(event, event.given.size(),
               pairs ? event.values.size() * event.values.size()
                     : event.values.size());
  }
  void check_size(const ModelEvent& event, std::size_t dimension,
                  std::size_t values) const {
    if (event.dimensions[dimension] == values) return;
    refuse_model(
        files_.marginals(), event.marginals_line,
        "a dimension is " + std::to_string(event.dimensions[dimension]) +
            ", and model_params.txt has " + std::to_string(values) + " values");
  }
  // The files have six digits: rows sum to 1 only nearly, or to 0 where they
  // are conditional on what never happens. Chains of letters are made to sum
  // to 1, as the published program does, and nothing else is.
  void check_sums(const std::string& name, ModelEvent* event) const {
    const bool chain = event->kind == "DinucMarkov";
    const std::size_t row = chain ? 4 : event->dimensions.back();
    for (std::size_t at = 0; at + row <= event->p.size(); at += row) {
      double sum = 0;
      for (std::size_t i = 0; i < row; ++i) sum += event->p[at + i];
      if (sum == 0) continue;
      if (std::fabs(sum - 1) > 1e-3)
        refuse_model(files_.marginals(), event->marginals_line,
                     "probabilities of '" + name + "' sum to " +
                         std::to_string(sum) + ", not to 1 (row " +
                         std::to_string(at / row + 1) + ")");
      for (std::size_t i = 0; chain && i < row; ++i) event->p[at + i] /= sum;
    }
  }

  const ModelFiles& files_;
  Events events_;
};

// P(value | what it is conditional on): places by the events' names.
double probability(const ModelEvent& event, const Places& places,
                   std::size_t value) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < event.given.size(); ++i)
    at = at * event.dimensions[i] + places.at(event.given[i]);
  return event.p[at * event.dimensions.back() + value];
}

std::vector<int> numbers_of(const EventTable& table, const ModelEvent& event) {
  std::vector<int> numbers;
  for (const std::string& text : event.values) {
    char* end = nullptr;
    const long number = std::strtol(text.c_str(), &end, 10);
    if (*end || number < -100 || number > 1000)
      table.refuse(event, "'" + text + "' is no number of letters");
    numbers.push_back(static_cast<int>(number));
  }
  return numbers;
}

// The most letters that a palindrome adds.
std::size_t longest_palindrome(const std::vector<int>& deletions) {
  int least = 0;
  for (const int n : deletions) least = std::min(least, n);
  return static_cast<std::size_t>(-least);
}

Nucleotides letters_of(const std::string& bases) {
  Nucleotides letters;
  for (const char base : bases) letters.push_back(nucleotide_index(base));
  return letters;
}

// The reverse complement of the last `n` letters (of all, if they are fewer).
Nucleotides palindrome_behind(const Nucleotides& letters, std::size_t n) {
  Nucleotides added;
  for (std::size_t i = 0; i < n && i < letters.size(); ++i)
    added.push_back(
        static_cast<std::uint8_t>(3 - letters[letters.size() - 1 - i]));
  return added;
}

Nucleotides reversed(Nucleotides letters) {
  std::reverse(letters.begin(), letters.end());
  return letters;
}

bool is_functional(const std::string& function) {
  return function == "F" || function == "(F)";
}

// `own` are the letters of the CDR3, read from its end: V as it is, J
// backwards. So a deletion is at the back of both.
void set_remains(const EventTable& table, const ModelEvent& deletion,
                 const Places& place, Nucleotides own, EndGene* gene) {
  const std::vector<int> numbers = numbers_of(table, deletion);
  const std::size_t palindrome = longest_palindrome(numbers);
  const Nucleotides added = palindrome_behind(own, palindrome);
  own.insert(own.end(), added.begin(), added.end());
  gene->remain.assign(own.size() + 1, 0);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    // Counted from the end, as the published program does: it matters where a
    // gene has fewer letters in the CDR3 than the longest palindrome has
    // (TRAV20*03).
    const std::ptrdiff_t rest = static_cast<std::ptrdiff_t>(own.size()) -
                                static_cast<std::ptrdiff_t>(palindrome) -
                                numbers[i];
    if (rest < 0 || rest >= static_cast<std::ptrdiff_t>(gene->remain.size()))
      continue;
    gene->remain[static_cast<std::size_t>(rest)] +=
        probability(deletion, place, i);
  }
  gene->letters = std::move(own);
}

std::vector<EndGene> end_genes(const EventTable& table,
                               const std::string& anchor_file, bool is_v) {
  const std::string choice_name = is_v ? "v_choice" : "j_choice";
  const ModelEvent& choice = table.get(
      choice_name, "GeneChoice",
      is_v ? std::vector<std::string>{} : std::vector<std::string>{"v_choice"});
  const ModelEvent& deletion =
      table.get(is_v ? "v_3_del" : "j_5_del", "Deletion", {choice_name});
  const std::map<std::string, GeneAnchor> anchors =
      read_gene_anchors(anchor_file);
  std::vector<EndGene> genes;
  for (std::size_t i = 0; i < choice.values.size(); ++i) {
    EndGene gene;
    gene.name = choice.values[i];
    const auto found = anchors.find(gene.name);
    if (found != anchors.end() && is_functional(found->second.function)) {
      const std::string& bases = choice.bases[i];
      const std::size_t anchor = found->second.position;
      if (anchor + 3 > bases.size())
        refuse_model(anchor_file, found->second.line,
                     "the anchor of '" + gene.name + "' is " +
                         std::to_string(anchor) + ", and the gene has " +
                         std::to_string(bases.size()) + " letters");
      const Nucleotides own =
          is_v ? letters_of(bases.substr(anchor))
               : reversed(letters_of(bases.substr(0, anchor + 3)));
      set_remains(table, deletion, {{choice_name, i}}, own, &gene);
      if (!is_v) gene.letters = reversed(gene.letters);
      gene.functional = is_functional(found->second.function);
    }
    genes.push_back(std::move(gene));
  }
  return genes;
}

std::vector<MiddleGene> middle_genes(const EventTable& table) {
  const ModelEvent& choice =
      table.get("d_gene", "GeneChoice", {"v_choice", "j_choice"});
  const ModelEvent& left =
      table.get("d_5_del", "Deletion", {"d_gene", "d_3_del"});
  const ModelEvent& right =
      table.get("d_3_del", "Deletion", {"d_gene", "d_5_del"});
  const std::vector<int> lefts = numbers_of(table, left);
  const std::vector<int> rights = numbers_of(table, right);
  std::vector<MiddleGene> genes;
  for (std::size_t i = 0; i < choice.values.size(); ++i) {
    MiddleGene gene;
    gene.name = choice.values[i];
    const Nucleotides own = letters_of(choice.bases[i]);
    const Nucleotides before =
        reversed(palindrome_behind(reversed(own), longest_palindrome(lefts)));
    const Nucleotides behind =
        palindrome_behind(own, longest_palindrome(rights));
    gene.letters = before;
    gene.letters.insert(gene.letters.end(), own.begin(), own.end());
    gene.letters.insert(gene.letters.end(), behind.begin(), behind.end());
    const std::ptrdiff_t n = static_cast<std::ptrdiff_t>(gene.letters.size());
    gene.remain.assign(static_cast<std::size_t>(n * (n + 1)), 0);
    for (std::size_t l = 0; l < lefts.size(); ++l) {
      for (std::size_t r = 0; r < rights.size(); ++r) {
        const Places place = {{"d_gene", i}, {"d_5_del", l}, {"d_3_del", r}};
        const double p =
            probability(left, place, l) * probability(right, place, r);
        const std::ptrdiff_t from =
            static_cast<std::ptrdiff_t>(before.size()) + lefts[l];
        const std::ptrdiff_t to =
            n - static_cast<std::ptrdiff_t>(behind.size()) - rights[r];
        if (from < 0 || to > n || from > to) continue;
        if (from == to)
          gene.none += p;
        else
          gene.remain[static_cast<std::size_t>(from * (n + 1) + to)] += p;
      }
    }
    genes.push_back(std::move(gene));
  }
  return genes;
}

// What a chain of letters is in the long run.
std::array<double, 4> stationary(const std::array<double, 16>& next) {
  std::array<double, 4> p = {0.25, 0.25, 0.25, 0.25};
  for (int round = 0; round < 100000; ++round) {
    std::array<double, 4> q{};
    double sum = 0, change = 0;
    for (std::size_t a = 0; a < 4; ++a)
      for (std::size_t b = 0; b < 4; ++b) q[b] += p[a] * next[4 * a + b];
    for (const double x : q) sum += x;
    if (!(sum > 0)) return p;
    for (std::size_t b = 0; b < 4; ++b) {
      q[b] /= sum;
      change = std::max(change, std::fabs(q[b] - p[b]));
    }
    p = q;
    if (change < 1e-17) break;
  }
  return p;
}

Insertion insertion_of(const EventTable& table, const std::string& name) {
  const ModelEvent& length = table.get(name + "_ins", "Insertion", {});
  const ModelEvent& letters = table.get(name + "_dinucl", "DinucMarkov", {});
  Insertion insertion;
  const std::vector<int> numbers = numbers_of(table, length);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] < 0)
      table.refuse(length, "a number of insertions is below 0");
    const std::size_t n = static_cast<std::size_t>(numbers[i]);
    if (insertion.length.size() <= n) insertion.length.resize(n + 1);
    insertion.length[n] += length.p[i];
  }
  if (letters.values.size() != 4)
    table.refuse(letters, "there must be four nucleotides");
  for (std::size_t a = 0; a < 4; ++a) {
    for (std::size_t b = 0; b < 4; ++b) {
      const std::uint8_t from = nucleotide_index(letters.values[a][0]);
      const std::uint8_t to = nucleotide_index(letters.values[b][0]);
      if (from == kNoNucleotide || to == kNoNucleotide)
        table.refuse(letters, "its values must be A, C, G and T");
      insertion.next[4u * from + to] = letters.p[4 * a + b];
    }
  }
  insertion.first = stationary(insertion.next);
  return insertion;
}

void set_choices(const EventTable& table, RecombinationModel* model) {
  const ModelEvent& v = table.get("v_choice", "GeneChoice", {});
  const ModelEvent& j = table.get("j_choice", "GeneChoice", {"v_choice"});
  for (std::size_t a = 0; a < model->v.size(); ++a)
    for (std::size_t b = 0; b < model->j.size(); ++b)
      model->v_j.push_back(v.p[a] * probability(j, {{"v_choice", a}}, b));
  if (!model->has_d()) return;
  const ModelEvent& d = table.get("d_gene", "GeneChoice", {"j_choice"});
  if (!j.given.empty())
    table.refuse(j,
                 "J depends on V, and in a model with D it must not, to be "
                 "read here");
  model->v_choice = v.p;
  model->j_choice = j.p;
  for (std::size_t b = 0; b < model->j.size(); ++b)
    for (std::size_t c = 0; c < model->d.size(); ++c)
      model->d_of_j.push_back(probability(d, {{"j_choice", b}}, c));
}

}  // namespace

RecombinationModel read_recombination_model(const std::string& folder) {
  const ModelFiles files(folder);
  const EventTable table(files, read_model_events(files));
  RecombinationModel model;
  model.v = end_genes(table, files.v_anchors(), true);
  model.j = end_genes(table, files.j_anchors(), false);
  if (table.has("d_gene")) {
    model.d = middle_genes(table);
    model.behind_v = insertion_of(table, "vd");
    model.before_j = insertion_of(table, "dj");
  } else {
    model.behind_v = insertion_of(table, "vj");
  }
  set_choices(table, &model);
  return model;
}

}  // namespace clustcr
