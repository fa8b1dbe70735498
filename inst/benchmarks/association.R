# Rscript association.R [clusters] [samples] [permutations] [runs]: tests of a
# made-up cluster matrix, most clusters in few samples as in a cohort. Rivals:
# a loop of fisher.test() and wilcox.test() over some clusters, extrapolated to
# all (the time of one test for one cluster does not depend on the others).
# Then 250 alleles at once, strata, numbers, groups, survival and pairs, each
# against its own rival ("few": of 20,000 clusters); CLUSTCR_ASSOCIATION=designs
# is these alone. Times are elapsed and, behind them, of the processor (all
# threads together).
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
few <- x[seq_len(min(clusters, 20000)), ]
age <- stats::rnorm(samples)

if (Sys.getenv("CLUSTCR_ASSOCIATION") != "designs") {
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
    for (test in c("fisher", "wilcoxon")) for (threads in 1:2) {
        of <- if (test == "fisher") fisher_loop else wilcoxon_loop
        ask <- function(...) {
            seconds(associateClusters(x, case, test, ..., n_cpus = threads))
        }
        what <- sprintf("%s, %d threads", test, threads)
        say(what, replicate(runs, ask()), of)
        # The rival would run its loop once for each shuffle too.
        say(sprintf("%s, %d shuffles", what, permutations), replicate(runs,
            ask(permutations = permutations)), of * (1 + permutations))
    }
    glm_loop <- stats::median(replicate(runs, seconds(for (i in 1:50) {
        suppressWarnings(
            stats::glm((case == "yes") ~ age + few[i, ], stats::binomial)
        )
    })) / 50 * nrow(few))
    invisible(say(sprintf("logistic, %d clusters, 2 threads", nrow(few)),
        replicate(runs, seconds(associateClusters(few, case, "logistic",
            covariates = age, n_cpus = 2))), glm_loop))
}

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
# What is timed, with `shuffles` of the samples; what the rival does to one
# `row`, which stands for `times` of its tests; how often to shuffle.
design <- function(what, ours, theirs, times = 1, shuffles = 0) {
    list(what = what, ours = substitute(ours), theirs = substitute(theirs),
        times = times, shuffles = shuffles)
}
# Two threads, and the samples' own shuffles.
ask <- function(x, ...) {
    suppressMessages(associateClusters(x, ..., permutations = shuffles,
        n_cpus = 2))
}
present <- function(row) factor(row > 0, c(FALSE, TRUE))
numbers <- as.data.frame(matrix(stats::rnorm(250 * samples), samples))
# Of many phenotypes all tests but one take one after the other: fewer clusters.
of_few <- nrow(few) / clusters
designs <- list(
    design("Fisher, 250 alleles", ask(x, alleles), for (a in 1:4) {
        stats::fisher.test(row > 0, alleles[, a])
    }, 250 / 4, c(0, 10)),
    design("Cochran-Mantel-Haenszel, 5 strata", ask(x, case, strata = site),
        stats::mantelhaen.test(table(present(row), yes, site), exact = TRUE)),
    design("Spearman", ask(x, age, "spearman"), stats::cor.test(row, age,
        method = "spearman", exact = FALSE), 1, c(0, 100)),
    design("chi-square, 5 groups", ask(x, site, "chisq"), suppressWarnings(
        stats::chisq.test(table(row > 0, site)))),
    design("Kruskal-Wallis, 5 groups", ask(x, site, "kruskal"),
        stats::kruskal.test(row, factor(site))),
    design("McNemar, pairs", ask(x, time = visit, subject = subject),
        stats::mcnemar.test(present(row[visit == 0]), present(
            row[visit == 1]))),
    design("signed ranks, pairs", ask(x, test = "wilcoxon", time = visit,
        subject = subject), stats::wilcox.test(row[visit == 1],
        row[visit == 0], paired = TRUE, exact = FALSE)),
    design("Wilcoxon, 250 alleles, few", ask(few, alleles, "wilcoxon"),
        for (a in 1:4) stats::wilcox.test(row ~ alleles[, a], exact = FALSE),
        250 / 4 * of_few),
    design("CMH, 250 alleles, 5 strata, few", ask(few, alleles, strata = site),
        stats::mantelhaen.test(table(present(row), alleles[, 1], site),
            exact = TRUE), 250 * of_few),
    design("Spearman, 250 numbers, few", ask(few, numbers, "spearman"),
        for (a in 1:4) {
            stats::cor.test(row, numbers[, a], method = "spearman",
                exact = FALSE)
        }, 250 / 4 * of_few)
)
if (requireNamespace("survival", quietly = TRUE)) {
    library(survival)
    surv <- survival::Surv(rate, yes)
    designs <- c(designs, list(
        design("Cox's score test", ask(x, surv, "cox"),
            survival::coxph(surv ~ row)),
        design("Cox's score test, 5 strata", ask(x, surv, "cox",
            strata = site), survival::coxph(surv ~ row + strata(site))),
        design("conditional logistic, pairs, few", ask(few, test = "logistic",
            time = visit, subject = subject), suppressWarnings(
            survival::clogit(visit ~ row + strata(subject))), of_few)
    ))
}
processor <- function(expression) {
    begin <- proc.time()
    force(expression)
    sum((proc.time() - begin)[1:2])
}
for (of in designs) {
    rows <- as.matrix(x[seq_len(50), ])
    rival <- stats::median(replicate(runs, processor(for (i in 1:50) {
        row <- rows[i, ]
        eval(of$theirs)
    }))) * clusters / 50 * of$times
    for (shuffles in of$shuffles) {
        times <- replicate(runs, {
            begin <- Sys.time()
            cpu <- processor(eval(of$ours))
            c(as.numeric(difftime(Sys.time(), begin, units = "secs")), cpu)
        })
        cpu <- stats::median(times[2, ])
        cat(sprintf(paste0("%-34s %4d shuffles %8.2f s, %8.2f s of processor,",
            " rival %.3g s (%.3g of it), peak %5.0f MB\n"), of$what, shuffles,
        stats::median(times[1, ]), cpu, rival * (1 + shuffles),
        cpu / (rival * (1 + shuffles)), megabytes("VmHWM")))
    }
}
