# Base R's tests are the oracle.

quietly <- function(code) suppressMessages(code)

test_that("presence in groups is tested as by chisq.test() and fisher.test()", {
    cases <- 0
    for (seed in 1:15) {
        n <- 30 + 12 * seed
        levels <- 2 + seed %% 4
        x <- random_clusters(24, n, seed)
        group <- withr::with_seed(seed, sample(letters[seq_len(levels)], n,
            TRUE, prob = seq_len(levels)))
        group <- replace(group, seed, NA)
        if (min(table(group)) < 2) next
        found <- quietly(associateClusters(x, group, "chisq", min_samples = 1))
        for (i in which(!is.na(found$p_value))) {
            present <- factor(x[i, ] > 0, c(FALSE, TRUE))[!is.na(group)]
            table <- table(present, group[!is.na(group)])
            if (any(rowSums(table) == 0)) {
                expect_identical(found$p_value[i], 1)
                next
            }
            cases <- cases + 1
            plain <- suppressWarnings(stats::chisq.test(table,
                correct = FALSE))
            tables <- choose(sum(table[2, ]) + levels - 1, levels - 1)
            expect_identical(found$exact[i],
                min(plain$expected) < 5 && tables <= 1e5)
            expected <- if (found$exact[i]) {
                stats::fisher.test(table, workspace = 2e7)$p.value
            } else {
                plain$p.value
            }
            expect_equal(found$p_value[i], expected, tolerance = 1e-7)
            expect_equal(found$estimate[i],
                unname(sqrt(plain$statistic / sum(table))))
            counts <- vapply(paste0("n_", colnames(table)), function(name) {
                found[[name]][i]
            }, 0L)
            expect_identical(unname(counts), unname(as.integer(table[2, ])))
        }
    }
    expect_gte(cases, 300)
})

test_that("groups are ranked as by kruskal.test()", {
    for (seed in 1:15) {
        n <- 20 + 4 * seed
        x <- random_clusters(20, n, seed, c(1, 3, 50)[1 + seed %% 3])
        x[1, ] <- 7
        x[2, ] <- seq_len(n)
        group <- rep_len(letters[1:(2 + seed %% 3)], n)
        found <- quietly(associateClusters(x, group, "kruskal",
            min_samples = 1))
        expected <- apply(x, 1, function(row) {
            stats::kruskal.test(row, factor(group))$p.value
        })
        expected[apply(x, 1, function(row) length(unique(row)) < 2)] <- NA
        expect_equal(found$p_value, expected, tolerance = 1e-10)
        expect_true(all(is.na(found$estimate) | found$estimate >= 0))
    }
})

test_that("shuffled groups give what passes by chance", {
    x <- random_clusters(200, 60, 16)
    group <- rep(c("a", "b", "c"), 20)
    x[1:5, group == "b"] <- 5
    x[1:5, group != "b"] <- 0
    for (test in c("chisq", "kruskal")) {
        found <- quietly(associateClusters(x, group, test, permutations = 100,
            alpha = 0.01))
        expect_identical(found, quietly(associateClusters(x, group, test,
            permutations = 100, alpha = 0.01, n_cpus = 3)))
        expect_true(all(found$q_value[1:5] < 1e-6))
        expect_identical(found$p_adjusted[1:5], rep(1 / 101, 5))
        expect_gt(found$fdr_permutation[order(found$p_value)[100]], 0.7)
    }
    expect_output(print(found), "20 \"a\", 20 \"b\", 20 \"c\"")
})

test_that("two groups by chi-square are two groups", {
    x <- random_clusters(60, 40, 17)
    case <- random_sheet(40, 17)$ill
    found <- quietly(associateClusters(x, case, "chisq"))
    fisher <- quietly(associateClusters(x, case))
    at <- which(found$exact)
    expect_equal(found$p_value[at], fisher$p_value[at], tolerance = 1e-10)
    wilcoxon <- quietly(associateClusters(x, case, "kruskal"))
    expect_identical(is.na(wilcoxon$p_value), rowSums(x > 0) < 2)
})

test_that("levels that can't be tested are errors", {
    x <- random_clusters(5, 30, 18)
    refused <- function(pattern, class, ...) {
        expect_error(quietly(associateClusters(x, ...)), pattern,
            class = paste0("clustcr_error_", class))
    }
    refused("2 to 20 levels, not 30", "phenotype", 1:30 + 0.5, "kruskal")
    refused("2 to 20 levels, not 1", "phenotype", rep("a", 30), "chisq")
    refused("\"b\" has 1", "too_few_samples", rep(c("a", "b"), c(29, 1)),
        "chisq")
})

test_that("a group may be called as a column is", {
    x <- random_clusters(30, 40, 19)
    for (levels in list(c("samples", "b", "c"),
        c("samples", "samples_1", "own"),
        c("case", "control", "samples"), c("samples", "other"))) {
        group <- rep_len(levels, 40)
        test <- if (length(levels) > 2) "chisq" else "fisher"
        found <- quietly(associateClusters(x, group, test, min_samples = 1))
        expect_identical(anyDuplicated(names(found)), 0L)
        expect_identical(found$n_samples, as.integer(rowSums(x > 0)))
        columns <- if (test == "chisq") {
            attr(found, "summary")$groups$column
        } else {
            c("n_other", "n_samples_1")
        }
        levels <- if (test == "chisq") sort(levels) else rev(levels)
        for (i in seq_along(levels)) {
            expect_identical(found[[columns[i]]],
                as.integer(rowSums(x[, group == levels[i]] > 0)))
        }
        # Other columns are those of other levels.
        plain <- quietly(associateClusters(x, match(group, levels), test,
            min_samples = 1))
        same <- c("cluster", "p_value", "q_value", "n_samples")
        expect_equal(as.list(found)[same], as.list(plain)[same])
    }
    # Among several phenotypes levels have no columns.
    many <- quietly(associateClusters(x, data.frame(
        one = rep_len(c("samples", "b", "c"), 40),
        two = rep_len(c("x", "y", "z", "case"), 40)), "chisq"))
    expect_identical(sum(startsWith(names(many), "n_")), 1L)
})
