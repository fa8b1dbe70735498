// Draws productive CDR3s from a recombination model of human TRB in the format
// of IGoR and OLGA (Marcou et al. 2018; Sethna et al. 2019): a V, a J, and a D
// given the J; deletions given the gene (negative ones are palindromic); and
// insertions, of a number that is drawn and nucleotides of a Markov chain.
//
//   recombination FOLDER N SEED [V J]
//
// FOLDER has model_params.txt, model_marginals.txt and the tables of anchors.
// With V and J (such as TRBV9 TRBJ2-7) only these genes, their alleles as the
// model has them. Writes AIRR columns to stdout, the rate to stderr.
#include <algorithm>
#include <chrono>
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

using Weights = std::vector<double>;

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, by);) parts.push_back(part);
  return parts;
}

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error("can't read " + path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    lines.push_back(line);
  }
  return lines;
}

struct Gene {
  std::string name, sequence;
  int anchor = -1;  // the first nucleotide of the conserved codon
};

// Of an event, its realisations in the order of their numbers.
struct Model {
  std::vector<Gene> v, d, j;
  std::map<std::string, std::vector<int>> values;  // deletions, insertions
  std::map<std::string, std::vector<Weights>> marginals;
};

void read_params(const std::string& path, Model* model) {
  std::string event;
  for (const std::string& line : lines_of(path)) {
    if (line.empty() || line[0] == '@') event.clear();
    if (line.size() > 1 && line[0] == '#') event = split(line, ';').back();
    if (event.empty() || line[0] != '%') continue;
    const std::vector<std::string> parts = split(line.substr(1), ';');
    const std::size_t at = std::stoul(parts.back());
    if (parts.size() == 3) {
      std::vector<Gene>& genes = event == "v_choice" ? model->v
                                 : event == "d_gene" ? model->d
                                                     : model->j;
      if (genes.size() <= at) genes.resize(at + 1);
      genes[at] = {parts[0], parts[1], -1};
    } else if (event.find("dinucl") == std::string::npos) {
      std::vector<int>& values = model->values[event];
      if (values.size() <= at) values.resize(at + 1);
      values[at] = std::stoi(parts[0]);
    }
  }
}

// All rows of each event, in the order of the file.
void read_marginals(const std::string& path, Model* model) {
  std::string event;
  for (const std::string& line : lines_of(path)) {
    if (line[0] == '@') event = line.substr(1);
    if (line[0] != '%') continue;
    Weights row;
    for (const std::string& x : split(line.substr(1), ','))
      row.push_back(std::stod(x));
    model->marginals[event].push_back(row);
  }
}

// Only functional genes make a receptor: "F", and "(F)" and "[F]", which were
// not seen rearranged or not in genomic DNA.
void read_anchors(const std::string& path, std::vector<Gene>* genes) {
  std::map<std::string, int> anchors;
  for (const std::string& line : lines_of(path)) {
    const std::vector<std::string> parts = split(line, ',');
    if (parts.size() > 2 && parts[2].find('F') != std::string::npos &&
        parts[2] != "ORF")
      anchors[parts[0]] = std::stoi(parts[1]);
  }
  for (Gene& gene : *genes) {
    const auto found = anchors.find(gene.name);
    if (found != anchors.end()) gene.anchor = found->second;
  }
}

char complement(char base) {
  switch (base) {
    case 'A':
      return 'T';
    case 'C':
      return 'G';
    case 'G':
      return 'C';
    default:
      return 'A';
  }
}

std::string reversed_complement(std::string text) {
  std::reverse(text.begin(), text.end());
  for (char& base : text) base = complement(base);
  return text;
}

// Ends cut back, or with palindromic nucleotides where `deleted` is below 0.
std::string cut_right(const std::string& text, int deleted) {
  const int n = static_cast<int>(text.size());
  if (deleted > n) return {};
  if (deleted >= 0) return text.substr(0, n - deleted);
  return text + reversed_complement(text.substr(n + std::max(deleted, -n)));
}

std::string cut_left(const std::string& text, int deleted) {
  return reversed_complement(cut_right(reversed_complement(text), deleted));
}

std::string translated(const std::string& text) {
  static const char* const code =
      "KNKNTTTTRSRSIIMIQHQHPPPPRRRRLLLLEDEDAAAAGGGGVVVV*Y*YSSSS*CWCLFLF";
  const auto number = [](char base) {
    return base == 'A' ? 0 : base == 'C' ? 1 : base == 'G' ? 2 : 3;
  };
  std::string protein;
  for (std::size_t i = 0; i + 2 < text.size(); i += 3)
    protein += code[16 * number(text[i]) + 4 * number(text[i + 1]) +
                    number(text[i + 2])];
  return protein;
}

// Draws by the inverse of the cumulated weights: the same on every machine.
class Draw {
 public:
  Draw() = default;
  explicit Draw(const Weights& weights) {
    double sum = 0;
    for (double w : weights) cumulated_.push_back(sum += w);
  }
  bool empty() const { return cumulated_.empty() || cumulated_.back() <= 0; }
  std::size_t operator()(std::mt19937_64* random) const {
    const double x = static_cast<double>((*random)() >> 11) * 0x1p-53;
    const auto at = std::upper_bound(cumulated_.begin(), cumulated_.end(),
                                     x * cumulated_.back());
    return std::min<std::size_t>(at - cumulated_.begin(),
                                 cumulated_.size() - 1);
  }

 private:
  std::vector<double> cumulated_;
};

class Recombination {
 public:
  Recombination(Model model, const std::string& v, const std::string& j)
      : model_(std::move(model)) {
    v_ = Draw(chosen(model_.marginals.at("v_choice")[0], model_.v, v));
    j_ = Draw(chosen(model_.marginals.at("j_choice")[0], model_.j, j));
    if (v_.empty() || j_.empty())
      throw std::runtime_error("the model has no such genes");
    for (const auto& [event, rows] : model_.marginals)
      for (const Weights& row : rows) draws_[event].emplace_back(row);
    for (const char* event : {"vd_dinucl", "dj_dinucl"}) markov(event);
  }

  // False where it is not productive.
  bool operator()(std::mt19937_64* random, std::string* protein,
                  const Gene** v_gene, const Gene** j_gene) const {
    const std::size_t v = v_(random), j = j_(random);
    const std::size_t d = draws_.at("d_gene")[j](random);
    const std::size_t five = draws_.at("d_5_del")[d](random);
    const std::size_t rows = model_.values.at("d_5_del").size();
    const Draw& three_draw = draws_.at("d_3_del")[d * rows + five];
    if (three_draw.empty()) return false;
    const std::size_t three = three_draw(random);
    const int v_cut = value("v_3_del", draws_.at("v_3_del")[v](random));
    const int j_cut = value("j_5_del", draws_.at("j_5_del")[j](random));
    const std::string inserted_vd = insertion("vd", random);
    std::string inserted_dj = insertion("dj", random);
    // This chain begins at the J.
    std::reverse(inserted_dj.begin(), inserted_dj.end());

    const Gene& vg = model_.v[v];
    const Gene& jg = model_.j[j];
    const std::string left = cut_right(vg.sequence.substr(vg.anchor), v_cut);
    const int j_kept = jg.anchor + 3 - j_cut;
    if (left.size() < 3 || j_kept < 3) return false;
    const std::string& germline = model_.d[d].sequence;
    const int d_left = value("d_5_del", five),
              d_right = value("d_3_del", three);
    if (d_left + d_right > static_cast<int>(germline.size())) return false;
    const std::string middle = cut_left(cut_right(germline, d_right), d_left);
    const std::string right = cut_left(jg.sequence, j_cut).substr(0, j_kept);
    const std::string cdr3 = left + inserted_vd + middle + inserted_dj + right;
    if (cdr3.size() % 3 != 0) return false;
    *protein = translated(cdr3);
    *v_gene = &vg;
    *j_gene = &jg;
    return protein->find('*') == std::string::npos && (*protein)[0] == 'C' &&
           (protein->back() == 'F' || protein->back() == 'W');
  }

 private:
  static Weights chosen(Weights weights, const std::vector<Gene>& genes,
                        const std::string& name) {
    for (std::size_t i = 0; i < genes.size(); ++i)
      if (genes[i].anchor < 0 ||
          (!name.empty() &&
           genes[i].name.compare(0, genes[i].name.find('*'), name) != 0))
        weights[i] = 0;
    return weights;
  }
  int value(const std::string& event, std::size_t at) const {
    return model_.values.at(event)[at];
  }
  // Rows of the transitions, and the state they come to rest in.
  void markov(const std::string& event) {
    const Weights flat = model_.marginals.at(event)[0];
    std::vector<Draw> rows;
    Weights rest(4, 0.25);
    for (int step = 0; step < 200; ++step) {
      Weights next(4, 0);
      for (int i = 0; i < 4; ++i)
        for (int k = 0; k < 4; ++k) next[k] += rest[i] * flat[4 * i + k];
      rest = next;
    }
    for (int i = 0; i < 4; ++i)
      rows.emplace_back(
          Weights(flat.begin() + 4 * i, flat.begin() + 4 * i + 4));
    rows.emplace_back(rest);
    draws_[event] = rows;
  }
  std::string insertion(const std::string& which,
                        std::mt19937_64* random) const {
    const std::string event = which + "_ins";
    const int n = value(event, draws_.at(event)[0](random));
    const std::vector<Draw>& rows = draws_.at(which + "_dinucl");
    std::string text;
    std::size_t base = 4;
    for (int i = 0; i < n; ++i) {
      base = rows[base](random);
      text += "ACGT"[base];
    }
    return text;
  }

  Model model_;
  Draw v_, j_;
  std::map<std::string, std::vector<Draw>> draws_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4 && argc != 6) {
    std::cerr << "recombination FOLDER N SEED [V J]\n";
    return 2;
  }
  try {
    const std::string folder = argv[1];
    const long wanted = std::atol(argv[2]);
    Model model;
    read_params(folder + "/model_params.txt", &model);
    read_marginals(folder + "/model_marginals.txt", &model);
    read_anchors(folder + "/V_gene_CDR3_anchors.csv", &model.v);
    read_anchors(folder + "/J_gene_CDR3_anchors.csv", &model.j);
    const Recombination draw(std::move(model), argc > 4 ? argv[4] : "",
                             argc > 4 ? argv[5] : "");
    std::mt19937_64 random(std::strtoull(argv[3], nullptr, 10));
    const auto begin = std::chrono::steady_clock::now();
    std::cout << "junction_aa\tv_call\tj_call\n";
    std::string protein;
    const Gene *v = nullptr, *j = nullptr;
    long drawn = 0, productive = 0;
    for (; productive < wanted; ++drawn)
      if (draw(&random, &protein, &v, &j)) {
        ++productive;
        std::cout << protein << '\t' << v->name << '\t' << j->name << '\n';
      }
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
            .count();
    std::fprintf(stderr, "%ld of %ld productive; %.2f s, %.3g a minute\n",
                 productive, drawn, seconds, productive / seconds * 60);
  } catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
  }
}
