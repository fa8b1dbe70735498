# Rscript generation.R: generation probabilities of human TRB CDR3s, of their
# balls, and the enrichment of a sample of 300,000 receptors. The rival of a
# ball is the sum over all its members, one by one, by the same program. CPU
# time (user and system), medians of 5 runs in turn; data and model are in
# `CLUSTCR_SHARED`.
suppressMessages(library(clustcr))
shared <- file.path(Sys.getenv("CLUSTCR_SHARED"), "data")
model <- recombinationModel(file.path(shared, "olga_human_trb"))
rows <- utils::read.delim(gzfile(file.path(shared, "olga_trb_5m.tsv.gz")),
    nrows = 300000)
some <- utils::head(rows, 10000)
few <- utils::head(rows, 100)

cpu <- function(expression) {
    time <- system.time(expression)
    time[["user.self"]] + time[["sys.self"]]
}

residues <- strsplit("ACDEFGHIKLMNPQRSTVWY", "")[[1L]]
variants <- function(text) {
    unique(unlist(lapply(seq_len(nchar(text)), function(i) {
        vapply(residues, function(x) {
            substr(text, i, i) <- x
            text
        }, "")
    })))
}
members <- lapply(few$junction_aa, variants)
own <- rep(seq_along(members), lengths(members))
brute <- function(v_call, j_call) {
    p <- generationProbability(unlist(members), v_call[own], j_call[own], model)
    as.vector(tapply(p, own, sum))
}

# Milliseconds a CDR3.
each <- function(x, fun) function() 1000 * cpu(fun(x)) / nrow(x)
with_genes <- function(distance) {
    function(x) {
        generationProbability(x$junction_aa, x$v_call, x$j_call, model,
            distance)
    }
}
without <- function(distance) {
    function(x) {
        generationProbability(x$junction_aa, model = model,
            distance = distance)
    }
}
cases <- list(
    "with V and J" = each(some, with_genes(0)),
    "ball, with V and J" = each(some, with_genes(1)),
    "without genes" = each(some, without(0)),
    "ball, without genes" = each(some, without(1)),
    "ball by its members, with V and J" = each(few, function(x) {
        brute(x$v_call, x$j_call)
    }),
    "ball by its members, without genes" = each(few, function(x) {
        brute(NULL, NULL)
    })
)
runs <- 5
found <- vapply(seq_len(runs), function(run) {
    vapply(cases, function(case) case(), 0)
}, numeric(length(cases)))
middle <- apply(found, 1, stats::median)
for (name in names(cases)) {
    cat(sprintf("%-36s %8.4f ms (%.4f-%.4f)\n", name, middle[[name]],
        min(found[name, ]), max(found[name, ])))
}
ratio <- function(a, b) {
    cat(sprintf("%s / %s: %.2f\n", a, b, stats::median(found[a, ] /
        found[b, ])))
}
ratio("ball, with V and J", "with V and J")
ratio("ball, without genes", "without genes")
ratio("ball by its members, with V and J", "ball, with V and J")
ratio("ball by its members, without genes", "ball, without genes")
gap <- max(abs(brute(few$v_call, few$j_call) / with_genes(1)(few) - 1))
cat(sprintf("largest difference from the sum of the members: %.1e\n", gap))

times <- replicate(runs, {
    time <- system.time(neighborEnrichment(rows, model, n_cpus = 2))
    c(time[["user.self"]] + time[["sys.self"]], time[["elapsed"]])
})
cat(sprintf("enrichment of %d receptors, 2 threads: %.1f s CPU, %.1f s\n",
    nrow(rows), stats::median(times[1, ]), stats::median(times[2, ])))
times <- replicate(runs, cpu(generateReceptors(1e6, model)))
cat(sprintf("a million draws: %.2f s CPU\n", stats::median(times)))
