# Rscript data-raw/compare_tests.R: associateClusters() beside the packages coin
# and exact2x2 (CRAN), on 300 random cases each, with ties, empty groups,
# missing values and constant clusters. Nothing in the package needs them: what
# is not installed is skipped, with a message. Prints the largest difference of
# each.
library(clustcr)

cases <- 300
has <- function(package) {
    there <- requireNamespace(package, quietly = TRUE)
    if (!there) message("skipped: ", package, " is not installed")
    there
}
# Values of a cluster: mostly zeros, few different ones, sometimes one alone.
draw <- function(n) {
    switch(sample(4, 1), rbinom(n, 1, runif(1, 0.05, 0.9)),
        rbinom(n, 3, runif(1, 0.02, 0.6)), round(rexp(n), 1),
        rep(sample(0:2, 1), n))
}
test <- function(x, ...) {
    suppressMessages(associateClusters(matrix(x, 1), ..., min_samples = 1))
}
# one(case) gives c(ours, theirs), which may be longer, or NULL where there is
# no test.
compare <- function(what, one) {
    differences <- c()
    none <- 0
    seed <- 0
    while (length(differences) < cases) {
        seed <- seed + 1
        set.seed(seed)
        found <- one()
        if (is.null(found)) {
            none <- none + 1
            next
        }
        differences <- c(differences, max(abs(found[[1]] - found[[2]])))
    }
    cat(sprintf("%-52s %d cases (%d without a test), largest difference %.2g\n",
        what, cases, none, max(differences)))
}
two_groups <- function(n) {
    case <- runif(n) < runif(1, 0.2, 0.8)
    case[sample(n, 3)] <- NA
    if (min(table(factor(case, c(FALSE, TRUE)))) < 2) return(NULL)
    case
}
# With the correction for continuity that coin does not make.
corrected <- function(fit) {
    off <- max(0, abs(coin::statistic(fit, "linear") -
        coin::expectation(fit)) - 0.5)
    2 * pnorm(-off / sqrt(drop(coin::variance(fit))))
}

if (has("coin")) {
    compare("wilcoxon: coin::wilcox_test", function() {
        n <- sample(8:80, 1)
        x <- draw(n)
        case <- two_groups(n)
        if (is.null(case)) return(NULL)
        p <- test(x, case, "wilcoxon")$p_value
        used <- !is.na(case)
        if (length(unique(x[used])) < 2 || !any(x[used] > 0)) {
            stopifnot(is.na(p))
            return(NULL)
        }
        fit <- coin::wilcox_test(x[used] ~ factor(case[used]))
        list(p, corrected(fit))
    })
    compare("kruskal: coin::kruskal_test", function() {
        n <- sample(12:80, 1)
        x <- draw(n)
        group <- sample(c("a", "b", "c", "d", NA), n, TRUE)
        if (min(table(factor(group, c("a", "b", "c", "d")))) < 2) return(NULL)
        p <- test(x, group, "kruskal")$p_value
        used <- !is.na(group)
        if (length(unique(x[used])) < 2 || !any(x[used] > 0)) {
            stopifnot(is.na(p))
            return(NULL)
        }
        fit <- coin::kruskal_test(x[used] ~ factor(group[used]))
        list(p, drop(coin::pvalue(fit)))
    })
    compare("signed ranks: coin::wilcoxsign_test", function() {
        n <- sample(4:40, 1)
        x <- draw(2 * n)
        visit <- rep(0:1, each = n)
        p <- test(x, test = "wilcoxon", time = visit,
            subject = rep(seq_len(n), 2))$p_value
        after <- x[visit == 1]
        before <- x[visit == 0]
        if (all(after == before)) {
            stopifnot(is.na(p))
            return(NULL)
        }
        fit <- coin::wilcoxsign_test(after ~ before, zero.method = "Wilcoxon")
        list(p, corrected(fit))
    })
    # All orders of the samples, instead of some: the error is that of 20,000
    # shuffles (0.01 at most).
    compare("wilcoxon, shuffled: coin's exact distribution", function() {
        n <- sample(8:16, 1)
        x <- draw(n)
        case <- runif(n) < 0.5
        if (min(sum(case), sum(!case)) < 2 || length(unique(x)) < 2) {
            return(NULL)
        }
        found <- test(x, case, "wilcoxon", permutations = 20000)
        fit <- coin::wilcox_test(x ~ factor(case), distribution = "exact")
        # Half a rank and less is no difference to us.
        if (corrected(fit) == 1) return(NULL)
        list(found$p_adjusted, coin::pvalue(fit))
    })
    compare("fisher within strata, shuffled: coin, blocks", function() {
        n <- sample(10:16, 1)
        x <- rbinom(n, 1, 0.5)
        case <- runif(n) < 0.5
        site <- sample(2, n, TRUE)
        if (min(sum(case), sum(!case)) < 2 || length(unique(x)) < 2 ||
            min(table(factor(site, 1:2))) < 2) {
            return(NULL)
        }
        found <- test(x, case, strata = site, permutations = 20000)
        # Tables that are no more probable are as far, as in Fisher's test.
        fit <- coin::independence_test(x ~ factor(case) | factor(site),
            distribution = coin::exact())
        share <- vapply(coin::support(fit), function(z) coin::dperm(fit, z), 0)
        now <- coin::dperm(fit, coin::statistic(fit))
        list(found$p_adjusted, sum(share[share <= now * (1 + 1e-7)]))
    })
}
if (has("exact2x2")) {
    # mcnemar.exact() finds exact2x2() only where it is attached.
    library(exact2x2)
    compare("fisher: exact2x2 (minlike p, central limits)", function() {
        n <- sample(6:100, 1)
        x <- draw(n)
        case <- two_groups(n)
        if (is.null(case)) return(NULL)
        found <- test(x, case)
        used <- !is.na(case)
        if (!any(x[used] > 0)) {
            stopifnot(is.na(found$p_value))
            return(NULL)
        }
        table <- table(factor(x > 0, c(TRUE, FALSE)),
            factor(case, c(TRUE, FALSE)))
        if (all(x[used] > 0)) {
            stopifnot(found$p_value == 1)
            return(NULL)
        }
        p <- exact2x2::exact2x2(table, tsmethod = "minlike")$p.value
        limits <- exact2x2::exact2x2(table, tsmethod = "central")$conf.int
        # Odds as shares, which are finite; the rivals search to 1e-4.
        share <- function(odds) ifelse(is.infinite(odds), 1, odds / (1 + odds))
        stopifnot(max(abs(share(c(found$conf_low, found$conf_high)) -
            share(limits))) < 1e-4)
        list(found$p_value, p)
    })
    compare("before and after: exact2x2::mcnemar.exact", function() {
        n <- sample(4:60, 1)
        x <- rbinom(2 * n, 1, runif(1, 0.1, 0.9))
        visit <- rep(0:1, each = n)
        found <- test(x, time = visit, subject = rep(seq_len(n), 2))
        after <- factor(x[visit == 1], 1:0)
        before <- factor(x[visit == 0], 1:0)
        if (all(after == before)) return(NULL)
        theirs <- exact2x2::mcnemar.exact(table(after, before))
        list(found$p_value, theirs$p.value)
    })
}
