# Rscript prediction.R [clusters] [samples] [repeats] [runs]: 10-fold
# cross-validation by predictPhenotype() of a made-up matrix, most clusters in
# few samples. Rival: a loop of fisher.test() over some clusters, extrapolated
# to all in every fold of every repeat; its models would come on top.
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
source(file.path(here, "memory.R"))
library(clustcr)
args <- as.numeric(commandArgs(TRUE))
given <- function(i, default) if (is.na(args[i])) default else args[i]
clusters <- given(1, 2e5)
samples <- given(2, 600)
repeats <- given(3, 20)
runs <- given(4, 5)

set.seed(1)
size <- pmin(samples, floor(2 / stats::runif(clusters)^0.9))
column <- unlist(lapply(size, function(k) sample.int(samples, k)))
x <- Matrix::sparseMatrix(i = rep(seq_len(clusters), size), j = column, x = 1,
    dims = c(clusters, samples))
case <- rep_len(c("yes", "no"), samples)
# Planted, so that folds have something to choose.
planted <- as.matrix(x[1:30, ])
planted[, case == "yes"] <- stats::rbinom(15 * samples, 1, 0.3)
x[1:30, ] <- planted

say <- function(what, times, of = NULL) {
    cat(sprintf("%-44s %9.2f CPU s, %8.2f s (%d runs)  peak %4.0f MB%s\n", what,
        stats::median(times[1, ]), stats::median(times[2, ]), ncol(times),
        megabytes("VmHWM"), if (is.null(of)) "" else sprintf(
            "  %.2g of the rival", stats::median(times[1, ]) / of)))
    stats::median(times[1, ])
}
timed <- function(expression) {
    used <- system.time(expression)
    c(sum(used[1:2]), used[[3]])
}
rows <- as.matrix(x[seq_len(200), ])
rival <- say("loop of fisher.test, extrapolated", replicate(runs, timed(
    for (i in seq_len(200)) {
        stats::fisher.test(table(factor(rows[i, ] > 0, c(FALSE, TRUE)), case))
    }) * clusters / 200 * 10 * repeats))
for (permutations in c(0, 20)) for (threads in 1:2) {
    invisible(say(sprintf("predictPhenotype, %d shuffles, %d threads",
        permutations, threads), replicate(runs, timed(found <<-
        predictPhenotype(x, case, case = "yes", repeats = repeats,
            permutations = permutations, n_cpus = threads))), rival))
}
print(found, n = 3)
