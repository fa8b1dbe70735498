# Rscript association.R [clusters] [samples] [permutations] [runs]: tests of a
# made-up cluster matrix, most clusters in few samples as in a cohort. Rivals:
# a loop of fisher.test() and wilcox.test() over some clusters, extrapolated to
# all (the time of one test for one cluster does not depend on the others).
# Then 250 alleles at once, strata, numbers, groups, survival and pairs, each
# against its own rival. CLUSTCR_ASSOCIATION=designs: these alone. Times are
# elapsed and, behind them, of the processor (all threads together).
# Prints medians and the process's peak memory in MB after each step.
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
source(file.path(here, "memory.R"))
library(clustcr)
args <- as.numeric(commandArgs(TRUE))
given <- function(i, default) if (is.na(args[i])) default else args[i]
clusters <- given(1, 1e6)
samples <- given(2, 1000)
permutations <- given(3, 100)
runs <- given(4, 5)

seconds <- function(expression) {
    begin <- Sys.time()
    force(expression)
    as.numeric(difftime(Sys.time(), begin, units = "secs"))
}
say <- function(what, times, of = NULL) {
    cat(sprintf("%-34s %10.3f s  (%d runs, %.3f to %.3f)  peak %5.0f MB%s\n",
        what, stats::median(times), length(times), min(times), max(times),
        megabytes("VmHWM"),
        if (is.null(of)) "" else sprintf("  %.2g of the rival",
            stats::median(times) / of)))
    stats::median(times)
}

# Sizes fall off as a power: nine in ten clusters are in 2 to 20 samples.
set.seed(1)
size <- pmin(samples, floor(2 / stats::runif(clusters)^0.9))
column <- unlist(lapply(split(size, ceiling(seq_along(size) / 1e5)),
    function(s) unlist(lapply(s, function(k) sample.int(samples, k)))),
    use.names = FALSE)
x <- Matrix::sparseMatrix(
    i = rep(seq_len(clusters), size), j = column,
    x = 1 + stats::rpois(length(column), 0.5), dims = c(clusters, samples)
)
rm(column)
case <- rep_len(c("no", "yes", "no"), samples)
cat(format(clusters, big.mark = ","), " clusters x ", samples, " samples, ",
    format(length(x@x), big.mark = ","), " values (",
    round(as.numeric(utils::object.size(x)) / 2^20), " MB); peak before ",
    round(megabytes("VmHWM")), " MB\n", sep = "")

loop <- function(n, test) {
    rows <- as.matrix(x[seq_len(n), ])
    yes <- case == "yes"
    seconds(for (i in seq_len(n)) test(rows[i, ], yes)) * clusters / n
}
fisher_loop <- say("loop of fisher.test (extrapolated)", replicate(runs,
    loop(500, function(row, yes) {
        stats::fisher.test(table(factor(row > 0, c(FALSE, TRUE)), yes))
    })))
wilcoxon_loop <- say("loop of wilcox.test (extrapolated)", replicate(runs,
    loop(500, function(row, yes) {
        stats::wilcox.test(row[yes], row[!yes], exact = FALSE)
    })))
# The least an observed test can cost: looking at each value once.
invisible(say("bound: one pass over the values", replicate(runs,
    seconds(Matrix::rowSums(x)))))
if (Sys.getenv("CLUSTCR_ASSOCIATION") != "designs")
for (test in c("fisher", "wilcoxon")) {
    of <- if (test == "fisher") fisher_loop else wilcoxon_loop
    for (threads in 1:2) {
        say(sprintf("%s, %d threads", test, threads), replicate(runs, seconds(
            associateClusters(x, case, test, n_cpus = threads))), of)
        # The rival would run its loop once for each shuffle too.
        say(sprintf("%s, %d permutations, %d threads", test, permutations,
            threads), replicate(runs, seconds(associateClusters(x, case, test,
            permutations = permutations, n_cpus = threads))),
            of * (1 + permutations))
    }
}
few <- x[seq_len(min(clusters, 20000)), ]
age <- stats::rnorm(samples)
glm_loop <- stats::median(replicate(runs, seconds(for (i in 1:50) {
    suppressWarnings(
        stats::glm((case == "yes") ~ age + few[i, ], stats::binomial)
    )
})) / 50 * nrow(few))
invisible(say(sprintf("logistic, %d clusters, 2 threads", nrow(few)),
    replicate(runs, seconds(associateClusters(few, case, "logistic",
        covariates = age, n_cpus = 2))), glm_loop))

# What follows is of designs: each with the rival's loop, extrapolated.
set.seed(2)
share <- rep_len(c(0.3, 0.1, 0.05, 0.02, 0.01), 250)
alleles <- vapply(share, function(s) stats::runif(samples) < s,
    logical(samples))
colnames(alleles) <- paste0("A*", seq_along(share))
# Six loci, of which a few donors are not typed.
for (locus in 1:6) {
    alleles[sample(samples, 5), (seq_along(share) - 1) %/% 42 + 1 == locus] <-
        NA
}
yes <- case == "yes"
site <- rep_len(letters[1:5], samples)
subject <- rep(seq_len(samples / 2), each = 2)
visit <- rep_len(0:1, samples)
rate <- stats::rexp(samples)
designs <- list(
    list("Fisher, 250 alleles", function(...) associateClusters(x, alleles,
        ..., n_cpus = 2), function(row) for (a in 1:4) stats::fisher.test(
        row > 0, alleles[, a])$p.value, 250 / 4, c(0, 10)),
    list("Cochran-Mantel-Haenszel, 5 strata", function(...) associateClusters(
        x, case, strata = site, ..., n_cpus = 2), function(row) {
        stats::mantelhaen.test(table(factor(row > 0, c(FALSE, TRUE)), yes,
            site), exact = TRUE)
    }, 1, 0),
    list("Spearman", function(...) associateClusters(x, age, "spearman", ...,
        n_cpus = 2), function(row) stats::cor.test(row, age,
        method = "spearman", exact = FALSE), 1, c(0, 100)),
    list("chi-square, 5 groups", function(...) associateClusters(x, site,
        "chisq", ..., n_cpus = 2), function(row) suppressWarnings(
        stats::chisq.test(table(row > 0, site))), 1, 0),
    list("Kruskal-Wallis, 5 groups", function(...) associateClusters(x, site,
        "kruskal", ..., n_cpus = 2), function(row) stats::kruskal.test(row,
        factor(site)), 1, 0),
    list("McNemar, pairs", function(...) associateClusters(x, time = visit,
        subject = subject, ..., n_cpus = 2), function(row) {
        stats::mcnemar.test(factor(row[visit == 0] > 0, c(FALSE, TRUE)),
            factor(row[visit == 1] > 0, c(FALSE, TRUE)))
    }, 1, 0),
    list("signed ranks, pairs", function(...) associateClusters(x,
        test = "wilcoxon", time = visit, subject = subject, ..., n_cpus = 2),
        function(row) stats::wilcox.test(row[visit == 1], row[visit == 0],
            paired = TRUE, exact = FALSE), 1, 0)
)
if (requireNamespace("survival", quietly = TRUE)) {
    surv <- survival::Surv(rate, yes)
    designs <- c(designs, list(list("Cox's score test", function(...) {
        associateClusters(x, surv, "cox", ..., n_cpus = 2)
    }, function(row) survival::coxph(surv ~ row), 1, 0)))
}
processor <- function(expression) {
    begin <- proc.time()
    force(expression)
    sum((proc.time() - begin)[1:2])
}
for (design in designs) {
    rows <- as.matrix(x[seq_len(50), ])
    rival <- stats::median(replicate(runs, processor(for (i in 1:50) {
        design[[3]](rows[i, ])
    }))) * clusters / 50 * design[[4]]
    for (shuffles in design[[5]]) {
        of <- rival * (1 + shuffles)
        times <- replicate(runs, {
            begin <- Sys.time()
            cpu <- processor(suppressMessages(design[[2]](
                permutations = shuffles)))
            c(as.numeric(difftime(Sys.time(), begin, units = "secs")), cpu)
        })
        cat(sprintf(paste0("%-34s %4d shuffles %8.2f s, %8.2f s of processor,",
            " rival %.3g s (%.3g of it), peak %5.0f MB\n"), design[[1]],
            shuffles, stats::median(times[1, ]), stats::median(times[2, ]), of,
            stats::median(times[2, ]) / of, megabytes("VmHWM")))
    }
}
