// A store whose files are changed. The input is a list of edits; its first
// byte says whether the checks are made to fit afterwards. Where they are not,
// the store must be as it was or say that it is damaged; where they are, what
// it says is anybody's guess, but it must say it in order.
#include "fuzz_store.hpp"

using namespace clustcr_fuzz;

namespace {

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size)
      : data_(data), left_(size) {}
  bool empty() const { return left_ == 0; }
  std::size_t next() { return left_ == 0 ? 0 : (--left_, *data_++); }
  std::string take(std::size_t n) {
    n = std::min(n, left_);
    const std::string bytes(reinterpret_cast<const char*>(data_), n);
    data_ += n;
    left_ -= n;
    return bytes;
  }

 private:
  const std::uint8_t* data_;
  std::size_t left_;
};

using Files = std::map<std::string, std::string>;

// Which file, what to do, where, and with which bytes.
void edit(Bytes* input, Files* files, std::vector<std::string>* removed) {
  auto file = files->begin();
  std::advance(file, static_cast<long>(input->next() % files->size()));
  const std::size_t what = input->next();
  std::string& bytes = file->second;
  std::size_t at = input->next();
  at = (at << 8 | input->next()) % (bytes.size() + 1);
  const std::string with = input->take(what >> 2);
  switch (what & 3) {
    case 0:  // over what is there
      for (std::size_t i = 0; i < with.size() && at + i < bytes.size(); ++i)
        bytes[at + i] = with[i];
      break;
    case 1:
      bytes.insert(at, with);
      break;
    case 2:
      bytes.erase(at, with.size());
      break;
    default:
      if (what >> 2)
        bytes.resize(at);
      else
        removed->push_back(file->first);
  }
}

bool is_precluster(const std::string& file) {
  return file.find("/preclusters/") != std::string::npos;
}

// "<tab> rows <tab> bytes <tab> check" of a file with so many lines of headers.
std::string counted(const std::string& content, long headers) {
  const auto lines = std::count(content.begin(), content.end(), '\n');
  return "\t" + std::to_string(std::max<long>(0, lines - headers)) + "\t" +
         std::to_string(content.size()) + "\t" +
         clustcr::check_to_text(clustcr::crc32c(content));
}

// The last record that has a precluster in it says how far it goes: all of it.
void fit_record(const std::string& file, const std::string& content,
                Files* files) {
  const auto number = std::stoul(file.substr(file.rfind('/') + 1));
  const std::string key = "precluster\t" + std::to_string(number) + "\t";
  for (auto it = files->rbegin(); it != files->rend(); ++it) {
    if (it->first.find("/batches/") == std::string::npos) continue;
    std::string& text = it->second;
    const std::size_t at = text.find(key);
    if (at == std::string::npos) continue;
    const std::size_t tab = at + key.size() - 1;
    const std::size_t end = std::min(text.find('\n', at), text.size());
    text.replace(tab, end - tab, counted(content, 1));
    return;
  }
}

// The line of a plan's unit, so that the unit's file fits it.
void fit_plan(const std::string& file, const std::string& content,
              Files* files) {
  std::string& text = (*files)[the_store().file_like("/plan.tsv")];
  auto unit = std::stoul(file.substr(file.rfind('/') + 1));
  std::size_t at = 0;
  while (unit-- > 0) {
    at = text.find("unit\t", at == 0 ? 0 : at + 1);
    if (at == std::string::npos) return;
  }
  // unit, kind, rows, bytes, check
  const std::size_t tab = text.find('\t', at + 5);
  if (tab == std::string::npos) return;
  const std::size_t end = std::min(text.find('\n', tab), text.size());
  text.replace(tab, end - tab, counted(content, 0));
}

// The record of a unit's kept clusters: rows first, bytes and check last.
void fit_done(const std::string& file, const std::string& content,
              Files* files) {
  std::string& text = (*files)[the_store().file_like(
      "/done/" + file.substr(file.rfind('/') + 1))];
  const std::size_t line = text.find('\n') + 1;
  const std::size_t end = text.find('\n', line);
  if (line == 0 || end == std::string::npos) return;
  std::size_t bytes = end;
  for (int tabs = 0; tabs < 2 && bytes != std::string::npos; ++tabs)
    bytes = bytes == 0 ? std::string::npos : text.rfind('\t', bytes - 1);
  const std::size_t rows = text.find('\t', line);
  if (bytes == std::string::npos || rows == std::string::npos || rows >= bytes)
    return;
  const std::string fitting = counted(content, 1);  // <tab> rows <tab> ...
  const std::size_t second = fitting.find('\t', 1);
  text.replace(bytes, end - bytes, fitting.substr(second));
  text.replace(line, rows - line, fitting.substr(1, second - 1));
}

void fit_checks(const Files& before, Files* files) {
  for (const auto& [file, content] : before) {
    if ((*files)[file] == content) continue;
    if (is_precluster(file))
      fit_record(file, (*files)[file], files);
    else if (file.find("/units/") != std::string::npos)
      fit_plan(file, (*files)[file], files);
    else if (file.find("/clusters/") != std::string::npos)
      fit_done(file, (*files)[file], files);
  }
  for (auto& [file, content] : *files) {
    bool checked = false;
    for (const char* part :
         {"clustcr.dcf", "/plan.tsv", "/position", "/run.dcf", "/snapshot.tsv",
          "/checkpoint", "/batches/", "/done/"})
      checked |= file.find(part) != std::string::npos;
    if (checked && content != before.at(file)) content = with_check(content);
  }
}

std::string contents(const std::string& root) {
  std::ostringstream all;
  const clustcr::PreclusterStore store(root, false);
  for (const auto& batch : store.batches())
    all << batch.name << batch.rows << batch.replaced;
  for (const auto& rows : clustcr_test::all_rows(store))
    for (const auto& row : rows) all << row << '\n';
  for (float x : store.centroids().centroids) all << x;
  const std::string plan_file = the_store().file_like("/plan.tsv");
  const std::string folder =
      root + "/" + plan_file.substr(0, plan_file.rfind('/'));
  clustcr::RunPlan plan;
  if (!clustcr::read_plan(folder, &plan)) return all.str();
  for (std::size_t u = 0; u < plan.units.size(); ++u)
    for (const auto& group :
         clustcr::read_unit(folder, store.manifest(), plan.units[u], u))
      for (const auto& [sequence, genes] :
           clustcr_test::list_of(group.receptors))
        all << sequence << genes << '\n';
  for (std::size_t u = 0; u < 2; ++u) {
    const auto table = clustcr::read_clusters(folder, u, store.manifest());
    for (std::size_t i = 0; i < table.cluster.size(); ++i)
      all << table.rows.sequences[i] << table.cluster[i] << '\n';
  }
  return all.str();
}

// A plan that is damaged is no loss, so what is seen may end before it.
void unchanged_or_damaged(const std::string& root,
                          const std::string& expected) {
  try {
    const std::string seen = contents(root);
    require(expected.compare(0, seen.size(), seen) == 0,
            "a damaged store gives no other rows");
  } catch (const clustcr::StoreError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  FuzzStore& store = the_store();
  static const std::string expected = contents(store.root());
  Bytes input(data, size);
  const bool fit = input.next() & 1;
  Files files = store.files();
  std::vector<std::string> removed;
  for (int i = 0; i < 8 && !input.empty(); ++i) edit(&input, &files, &removed);
  if (fit) fit_checks(store.files(), &files);
  for (const auto& [file, content] : files)
    if (content != store.files().at(file)) store.write(file, content);
  for (const std::string& file : removed) store.remove(file);
  if (!fit) unchanged_or_damaged(store.root(), expected);
  use_everything(store.root());
  store.restore();
  return 0;
}
