# Makes the sample cohort in inst/extdata/cohort from synthetic CDR3s:
#     Rscript data-raw/make_cohort.R olga_trb_5m.tsv.gz
# Random sequences alone have few neighbours at this size, so part of each
# sample comes from dense neighbourhoods of the Hamming-1 graph, as responses
# to a common antigen do. Needs the package itself, for the graph.
source_file <- commandArgs(TRUE)[1]
folder <- "inst/extdata/cohort"
samples <- 6
rows <- 8000              # of each sample
groups <- 900             # neighbourhoods, most of them small
.libPaths(c(".build/library", .libPaths()))
library(data.table)
set.seed(20211, "Mersenne-Twister", "Inversion", "Rejection")

# A fifth of the source is enough to find neighbourhoods in.
pool <- fread(cmd = paste("gzip -dc", shQuote(source_file)))
pool <- pool[sample(.N, 1e6)]
pool <- unique(pool[nchar(junction_aa) <= 32], by = "junction_aa")

graph <- clustcr::hammingGraph(pool$junction_aa, n_cpus = 2)
from <- match(graph$from, pool$junction_aa)
to <- match(graph$to, pool$junction_aa)
neighbours <- split(c(to, from), factor(c(from, to), seq_len(nrow(pool))))
degree <- lengths(neighbours)

# The sequence itself, its neighbours and some of theirs, `size` at most.
neighbourhood <- function(centre, size) {
    near <- neighbours[[centre]]
    far <- setdiff(unlist(neighbours[near]), c(near, centre))
    near <- near[sample.int(length(near))]
    far <- far[sample.int(length(far))]
    head(c(centre, near, far), size)
}
sizes <- pmin(round(3 * runif(groups)^(-1)), 300)
centres <- vapply(sizes, function(size) {
    dense <- which(degree >= min(size - 1, 15))
    dense[sample.int(length(dense), 1)]
}, 0L)
members <- Map(neighbourhood, centres, sizes)

# A third of the groups is in all samples alike; the others are mostly in
# samples 1 to 3 or in samples 4 to 6, so that clusters differ by sample.
shares <- rbind(
    rep(1, samples), rep(c(1, 0.1), each = samples / 2),
    rep(c(0.1, 1), each = samples / 2)
)
drawn <- vector("list", samples)
for (group in seq_len(groups)) {
    share <- shares[group %% 3 + 1, ]
    for (one in seq_len(samples)) {
        kept <- runif(length(members[[group]])) < 0.45 * share[one]
        drawn[[one]] <- c(drawn[[one]], members[[group]][kept])
    }
}
dir.create(folder, FALSE, TRUE)
for (one in seq_len(samples)) {
    index <- unique(drawn[[one]])
    others <- setdiff(sample.int(nrow(pool), rows), index)
    stopifnot(length(index) < rows)
    index <- sample(c(index, head(others, rows - length(index))))
    table <- pool[index]
    # Clone sizes with the heavy tail that repertoires have.
    table[, duplicate_count := pmin(floor(runif(.N)^(-1 / 1.6)), 5000)]
    plain <- file.path(folder, sprintf("sample_%d.tsv", one))
    fwrite(table, plain, sep = "\t", quote = FALSE)
    system2("gzip", c("-9", "-n", "-f", plain))
}
