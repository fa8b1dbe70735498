// generator MODEL N SEED [distinct | V J]: writes N productive TRB receptors
// (CDR3 amino acids, V, J; tab-separated, with a header) drawn from the model of
// V(D)J recombination in the folder MODEL: model_params.txt,
// model_marginals.txt (the format of IGoR) and the anchors of V and J. With
// `distinct` each CDR3 comes once, as it is drawn first; told by a 64-bit hash,
// so that of 10^8 a few in 10,000 runs might be lost. With V and J (such as
// TRBV9 TRBJ2-7) only alleles of these genes, as often as the model has them.
//
// The model, from Murugan et al. 2012 (PNAS 109:16161), Marcou et al. 2018 (Nat
// Commun 9:561) and Sethna et al. 2019 (Bioinformatics 35:2974):
//   P(V) P(J) P(D|J) P(delV|V) P(delJ|J) P(del5,del3|D) P(insVD) P(insDJ)
// and Markov chains of the inserted letters: from V to D, and, read from J
// backwards, from J to D. A negative deletion is a palindrome: the reverse
// complement of the gene's end. Productive: in frame, without a stop, from the
// conserved cysteine of a functional V to the conserved F, V or W of J.
//
// Build: g++ -O2 -std=c++17 generator.cpp -o generator
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr char kLetters[] = "ACGT";

int code(char letter) {
  switch (letter) {
    case 'A':
      return 0;
    case 'C':
      return 1;
    case 'G':
      return 2;
    case 'T':
      return 3;
  }
  throw std::runtime_error(std::string("not a nucleotide: ") + letter);
}

// Numbers without <random>'s distributions, which differ between libraries.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }

 private:
  std::mt19937_64 engine_;
};

// Draws i with probability p[i] in constant time (Walker's alias method).
class Discrete {
 public:
  Discrete() = default;
  Discrete(const double* p, std::size_t n) : keep_(n), other_(n) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += p[i];
    if (!(sum > 0)) {  // a gene the model never draws
      keep_.clear();
      return;
    }
    std::vector<std::size_t> small, large;
    for (std::size_t i = 0; i < n; ++i) {
      keep_[i] = p[i] / sum * static_cast<double>(n);
      other_[i] = i;
      (keep_[i] < 1 ? small : large).push_back(i);
    }
    while (!small.empty() && !large.empty()) {
      const std::size_t s = small.back(), l = large.back();
      small.pop_back();
      other_[s] = l;
      keep_[l] -= 1 - keep_[s];
      if (keep_[l] < 1) {
        large.pop_back();
        small.push_back(l);
      }
    }
    for (std::size_t i : small) keep_[i] = 1;  // rounding left them over
    for (std::size_t i : large) keep_[i] = 1;
  }
  std::size_t operator()(Random* random) const {
    if (keep_.empty()) throw std::runtime_error("drawn from nothing");
    const double x = random->uniform() * static_cast<double>(keep_.size());
    const std::size_t i = static_cast<std::size_t>(x);
    return x - static_cast<double>(i) < keep_[i] ? i : other_[i];
  }

 private:
  std::vector<double> keep_;
  std::vector<std::size_t> other_;
};

struct Gene {
  std::string name, bases;
  int anchor = -1;  // where the conserved codon begins; -1 without one
};

// An event of model_params.txt: what its realizations are, in the order of
// model_marginals.txt.
struct Event {
  std::vector<std::string> values, bases;
  std::vector<double> p;
};

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, separator);)
    fields.push_back(field);
  return fields;
}

// Some of the files have Windows's line ends.
bool read_line(std::istream& in, std::string* line) {
  if (!std::getline(in, *line)) return false;
  if (!line->empty() && line->back() == '\r') line->pop_back();
  return true;
}

std::ifstream open(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("can't read '" + path + "'");
  return file;
}

std::map<std::string, Event> read_events(const std::string& folder) {
  std::map<std::string, Event> events;
  Event* event = nullptr;
  std::ifstream params = open(folder + "/model_params.txt");
  for (std::string line; read_line(params, &line);) {
    if (line.empty()) continue;
    if (line[0] == '@' && line != "@Event_list") break;
    if (line[0] == '#') event = &events[split(line, ';').back()];
    if (line[0] != '%' || !event) continue;
    const std::vector<std::string> fields = split(line.substr(1), ';');
    const std::size_t at = std::stoul(fields.back());
    if (event->values.size() <= at) {
      event->values.resize(at + 1);
      event->bases.resize(at + 1);
    }
    const std::size_t start = fields[0].find_first_not_of(' ');
    event->values[at] = fields[0].substr(start);
    if (fields.size() == 3) event->bases[at] = fields[1];
  }
  std::ifstream marginals = open(folder + "/model_marginals.txt");
  event = nullptr;
  for (std::string line; read_line(marginals, &line);) {
    if (line.empty()) continue;
    if (line[0] == '@') event = &events.at(line.substr(1));
    if (line[0] != '%' || !event) continue;
    for (const std::string& number : split(line.substr(1), ','))
      event->p.push_back(std::strtod(number.c_str(), nullptr));
  }
  return events;
}

// Anchors of the genes that count as functional: "F" or "(F)".
std::map<std::string, int> read_anchors(const std::string& path) {
  std::map<std::string, int> anchors;
  std::ifstream file = open(path);
  std::string line;
  read_line(file, &line);
  while (read_line(file, &line)) {
    const std::vector<std::string> fields = split(line, ',');
    if (fields.size() == 3 && (fields[2] == "F" || fields[2] == "(F)"))
      anchors[fields[0]] = std::stoi(fields[1]);
  }
  if (anchors.empty())
    throw std::runtime_error("no functional gene in '" + path + "'");
  return anchors;
}

std::vector<Gene> genes_of(const Event& event,
                           const std::map<std::string, int>& anchors) {
  std::vector<Gene> genes;
  for (std::size_t i = 0; i < event.values.size(); ++i) {
    const auto found = anchors.find(event.values[i]);
    genes.push_back({event.values[i], event.bases[i],
                     found == anchors.end() ? -1 : found->second});
  }
  return genes;
}

std::vector<int> numbers_of(const Event& event) {
  std::vector<int> numbers;
  for (const std::string& value : event.values)
    numbers.push_back(std::stoi(value));
  return numbers;
}

// A distribution for each value of what it is conditional on.
std::vector<Discrete> rows_of(const Event& event, std::size_t rows,
                              std::size_t width) {
  if (event.p.size() != rows * width)
    throw std::runtime_error(
        "model_marginals.txt has " + std::to_string(event.p.size()) +
        " numbers where there should be " + std::to_string(rows * width));
  std::vector<Discrete> distributions;
  for (std::size_t r = 0; r < rows; ++r)
    distributions.emplace_back(event.p.data() + r * width, width);
  return distributions;
}

// How often each letter comes in a long run of the chain: the first inserted
// letter is drawn from it.
Discrete stationary(const std::vector<double>& chain) {
  std::array<double, 4> p{0.25, 0.25, 0.25, 0.25};
  for (int step = 0; step < 1000; ++step) {
    std::array<double, 4> next{};
    for (int a = 0; a < 4; ++a)
      for (int b = 0; b < 4; ++b) next[b] += p[a] * chain[a * 4 + b];
    p = next;
  }
  return Discrete(p.data(), 4);
}

std::string reverse_complement(const std::string& bases) {
  std::string other;
  for (auto letter = bases.rbegin(); letter != bases.rend(); ++letter)
    other += kLetters[3 - code(*letter)];
  return other;
}

// The gene without `n` letters of its left (right) end; with its palindrome
// where n is negative.
std::string cut_left(const std::string& bases, int n) {
  return n < 0 ? reverse_complement(bases.substr(0, -n)) + bases
               : bases.substr(std::min<std::size_t>(n, bases.size()));
}
std::string cut_right(const std::string& bases, int n) {
  return n < 0 ? bases + reverse_complement(bases.substr(bases.size() + n))
               : bases.substr(0, bases.size() - n);
}

class Insertion {
 public:
  Insertion(const Event& length, const Event& letters)
      : lengths_(numbers_of(length)),
        length_(length.p.data(), length.p.size()),
        first_(stationary(letters.p)),
        next_(rows_of(letters, 4, 4)) {}
  void draw(Random* random, std::string* inserted) const {
    inserted->clear();
    const int n = lengths_[length_(random)];
    std::size_t letter = 0;
    for (int i = 0; i < n; ++i) {
      letter = i == 0 ? first_(random) : next_[letter](random);
      *inserted += kLetters[letter];
    }
  }

 private:
  std::vector<int> lengths_;
  Discrete length_, first_;
  std::vector<Discrete> next_;
};

// The standard genetic code, codons in the order ACGT; * is a stop.
constexpr char kCode[] =
    "KNKNTTTTRSRSIIMIQHQHPPPPRRRRLLLLEDEDAAAAGGGGVVVV*Y*YSSSS*CWCLFLF";

// Only the alleles of one gene are drawn.
void keep_gene(const std::string& gene, Event* event) {
  double sum = 0;
  for (std::size_t i = 0; i < event->values.size(); ++i) {
    const std::string& allele = event->values[i];
    if (allele.substr(0, allele.find('*')) != gene) event->p[i] = 0;
    sum += event->p[i];
  }
  if (!(sum > 0)) throw std::runtime_error("the model has no gene " + gene);
}

std::map<std::string, Event> read_events_of(const std::string& folder,
                                            const std::string& v,
                                            const std::string& j) {
  std::map<std::string, Event> events = read_events(folder);
  if (!v.empty()) keep_gene(v, &events.at("v_choice"));
  if (!j.empty()) keep_gene(j, &events.at("j_choice"));
  return events;
}

class Model {
 public:
  // Of all genes, or of one V and one J.
  explicit Model(const std::string& folder, const std::string& v = "",
                 const std::string& j = "")
      : Model(read_events_of(folder, v, j), folder) {}

  // One recombination; false where it is not productive.
  bool draw(Random* random, std::string* cdr3, const Gene** v,
            const Gene** j) const {
    const std::size_t v_at = v_choice_(random), j_at = j_choice_(random);
    const std::size_t d_at = d_choice_[j_at](random);
    const int del_v = v_values_[v_del_[v_at](random)];
    const int del_j = j_values_[j_del_[j_at](random)];
    const std::size_t del_5 = d_5_del_[d_at](random);
    const std::size_t del_3 =
        d_3_del_[d_at * d_5_values_.size() + del_5](random);
    vd_.draw(random, &vd_inserted_);
    dj_.draw(random, &dj_inserted_);
    *v = &v_[v_at];
    *j = &j_[j_at];
    const int anchor = (*v)->anchor, end = (*j)->anchor + 3;
    if (anchor < 0 || (*j)->anchor < 0) return false;
    // A letter of V's codon may be enough: insertions can make it up. To ask for
    // all of it drew 0.7 % too few of TRBV20-1 and too few short ones.
    if (del_v >= static_cast<int>((*v)->bases.size()) - anchor) return false;
    if (del_j > end) return false;
    const std::string& d = d_[d_at].bases;
    if (d_5_values_[del_5] + d_3_values_[del_3] > static_cast<int>(d.size()))
      return false;
    bases_ = cut_right((*v)->bases.substr(anchor), del_v);
    bases_ += vd_inserted_;
    bases_ += cut_left(cut_right(d, d_3_values_[del_3]), d_5_values_[del_5]);
    bases_.append(dj_inserted_.rbegin(), dj_inserted_.rend());
    bases_ += cut_left((*j)->bases.substr(0, end), del_j);
    return translate(cdr3);
  }

 private:
  Model(std::map<std::string, Event> events, const std::string& folder)
      : v_(genes_of(events.at("v_choice"),
                    read_anchors(folder + "/V_gene_CDR3_anchors.csv"))),
        d_(genes_of(events.at("d_gene"), {})),
        j_(genes_of(events.at("j_choice"),
                    read_anchors(folder + "/J_gene_CDR3_anchors.csv"))),
        v_values_(numbers_of(events.at("v_3_del"))),
        d_5_values_(numbers_of(events.at("d_5_del"))),
        d_3_values_(numbers_of(events.at("d_3_del"))),
        j_values_(numbers_of(events.at("j_5_del"))),
        v_choice_(rows_of(events.at("v_choice"), 1, v_.size())[0]),
        j_choice_(rows_of(events.at("j_choice"), 1, j_.size())[0]),
        d_choice_(rows_of(events.at("d_gene"), j_.size(), d_.size())),
        v_del_(rows_of(events.at("v_3_del"), v_.size(), v_values_.size())),
        d_5_del_(rows_of(events.at("d_5_del"), d_.size(), d_5_values_.size())),
        d_3_del_(rows_of(events.at("d_3_del"), d_.size() * d_5_values_.size(),
                         d_3_values_.size())),
        j_del_(rows_of(events.at("j_5_del"), j_.size(), j_values_.size())),
        vd_(events.at("vd_ins"), events.at("vd_dinucl")),
        dj_(events.at("dj_ins"), events.at("dj_dinucl")) {}

  bool translate(std::string* cdr3) const {
    if (bases_.size() % 3 != 0) return false;
    cdr3->clear();
    for (std::size_t i = 0; i < bases_.size(); i += 3) {
      const char residue = kCode[code(bases_[i]) * 16 +
                                 code(bases_[i + 1]) * 4 + code(bases_[i + 2])];
      if (residue == '*') return false;
      *cdr3 += residue;
    }
    const char last = cdr3->back();
    return cdr3->front() == 'C' && (last == 'F' || last == 'V' || last == 'W');
  }

  std::vector<Gene> v_, d_, j_;
  std::vector<int> v_values_, d_5_values_, d_3_values_, j_values_;
  Discrete v_choice_, j_choice_;
  std::vector<Discrete> d_choice_, v_del_, d_5_del_, d_3_del_, j_del_;
  Insertion vd_, dj_;
  mutable std::string vd_inserted_, dj_inserted_, bases_;  // scratch
};

// Hashes seen, with open addressing; 0 marks a free place.
class Seen {
 public:
  explicit Seen(std::size_t most) {
    std::size_t size = 64;
    while (size < most + most / 2) size *= 2;
    places_.assign(size, 0);
  }
  bool add(const std::string& text) {
    std::uint64_t hash = 0x9e3779b97f4a7c15;
    for (unsigned char letter : text) {
      hash = (hash ^ letter) * 0xbf58476d1ce4e5b9;
      hash ^= hash >> 29;
    }
    if (hash == 0) hash = 1;
    const std::size_t mask = places_.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
      if (places_[at] == hash) return false;
      if (places_[at] == 0) {
        places_[at] = hash;
        return true;
      }
    }
  }

 private:
  std::vector<std::uint64_t> places_;
};

void run(int argc, char** argv) {
  const bool distinct = argc == 5 && std::string(argv[4]) == "distinct";
  const bool one_class = argc == 6;
  if (argc != 4 && !distinct && !one_class)
    throw std::runtime_error("usage: generator MODEL N SEED [distinct | V J]");
  const Model model(argv[1], one_class ? argv[4] : "",
                    one_class ? argv[5] : "");
  const std::uint64_t n = std::stoull(argv[2]);
  Random random(std::stoull(argv[3]));
  Seen seen(distinct ? n : 0);
  std::string cdr3, out = "junction_aa\tv_call\tj_call\n";
  const Gene *v, *j;
  std::uint64_t drawn = 0;
  for (std::uint64_t written = 0; written < n;) {
    ++drawn;
    if (!model.draw(&random, &cdr3, &v, &j)) continue;
    if (distinct && !seen.add(cdr3)) continue;
    out += cdr3 + '\t' + v->name + '\t' + j->name + '\n';
    ++written;
    if (out.size() > 1 << 16 || written == n) {
      if (std::fwrite(out.data(), 1, out.size(), stdout) != out.size())
        throw std::runtime_error("can't write");
      out.clear();
    }
  }
  std::cerr << drawn << " recombinations for " << n << " receptors\n";
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(argc, argv);
  } catch (const std::exception& e) {
    std::cerr << "generator: " << e.what() << "\n";
    return 1;
  }
}
