# Base R and survival are the oracles.

quietly <- function(code) suppressMessages(code)

test_that("rank correlations are those of cor.test()", {
    for (seed in 1:15) {
        n <- 10 + 8 * seed
        x <- random_clusters(20, n, seed, c(1, 3, 50)[1 + seed %% 3])
        x[1, ] <- 7
        x[2, ] <- seq_len(n)
        age <- withr::with_seed(seed, round(stats::rnorm(n, 50, 5)))
        age[c(2, 5)] <- NA
        found <- quietly(associateClusters(x, age, "spearman",
            min_samples = 1))
        known <- !is.na(age)
        for (i in seq_len(nrow(x))) {
            if (length(unique(x[i, known])) < 2) {
                expect_identical(found$p_value[i], NA_real_)
                next
            }
            expected <- stats::cor.test(x[i, known], age[known],
                method = "spearman", exact = FALSE)
            expect_equal(found$estimate[i], unname(expected$estimate),
                tolerance = 1e-10)
            expect_equal(found$p_value[i], expected$p.value,
                tolerance = 1e-10)
        }
        expect_identical(found$n_samples, as.integer(rowSums(x[, known] > 0)))
    }
})

test_that("partial rank correlations are those of ranked covariates", {
    quick <- function(...) quietly(associateClusters(..., min_samples = 1))
    partial <- function(x, y, z) {
        vapply(seq_len(nrow(x)), function(i) {
            stats::cor(stats::resid(stats::lm(rank(x[i, ]) ~ z)),
                stats::resid(stats::lm(rank(y) ~ z)))
        }, 0)
    }
    for (seed in 1:10) {
        n <- 20 + 4 * seed
        x <- random_clusters(12, n, seed, 6)
        d <- random_sheet(n, seed)
        d$z <- withr::with_seed(seed, stats::rexp(n)^3)
        d$site <- rep_len(c("a", "b", "c"), n)
        y <- withr::with_seed(seed, stats::rnorm(n) + d$z / 10)
        expect_equal(quick(x, y, "spearman", covariates = d$z)$estimate,
            partial(x, y, rank(d$z)))
        expect_gt(max(abs(partial(x, y, rank(d$z)) - partial(x, y, d$z))), 0.01)
        expect_equal(quick(x, y, "spearman", ~ z * sex, samples = d,
            strata = "site")$estimate, partial(x, y, stats::model.matrix(
                ~ rank(z) * sex + site, d)))
        expect_equal(quick(x, y, "spearman", ~ log(z), samples = d,
            strata = "site")$estimate, partial(x, y, stats::model.matrix(
                ~ rank(z) + site, d)))
        expect_equal(quick(x, y, "spearman", c("z", "sex"), samples = d,
            depth = "covariate")$estimate, partial(x, y, stats::model.matrix(
                ~ rank(z) + sex + rank(colSums(x)), d)))
        # Ranks are those of the samples that are tested.
        some <- replace(y, 1:4, NA)
        expect_equal(quick(x, some, "spearman", "z", samples = d)$estimate,
            partial(x[, -(1:4)], y[-(1:4)], rank(d$z[-(1:4)])))
        expect_equal(quick(x, y, "linear", ~ z * sex, samples = d,
            depth = "covariate", strata = "site")$estimate[1:5],
            vapply(1:5, function(i) {
                unname(stats::coef(stats::lm(y ~ z * sex + site + log(colSums(
                    x)) + x[i, ], d))["x[i, ]"])
            }, 0))
    }
})

test_that("linear models are those of lm()", {
    for (seed in 1:15) {
        n <- 30 + 4 * seed
        x <- random_clusters(20, n, seed, 6)
        d <- random_sheet(n, seed)
        d$site <- rep_len(c("a", "b", "c"), n)
        d$y <- withr::with_seed(seed, stats::rnorm(n) + d$age / 20)
        found <- quietly(associateClusters(x, d$y, "linear", ~ age + sex,
            samples = d, strata = "site", min_samples = 1))
        for (i in seq_len(nrow(x))) {
            fit <- stats::lm(y ~ age + sex + site + value,
                cbind(d, value = x[i, ]))
            expected <- stats::coef(summary(fit))
            if (!"value" %in% rownames(expected)) {
                expect_identical(found$p_value[i], NA_real_)
                next
            }
            expect_equal(found$p_value[i], expected["value", 4],
                tolerance = 1e-8)
            expect_equal(found$estimate[i], expected["value", 1],
                tolerance = 1e-8)
            expect_equal(c(found$conf_low[i], found$conf_high[i]),
                unname(stats::confint(fit)["value", ]), tolerance = 1e-8)
        }
    }
})

test_that("Cox's score test is that of coxph()", {
    skip_if_not_installed("survival")
    cases <- 0
    for (seed in 1:15) {
        n <- 30 + 4 * seed
        x <- random_clusters(20, n, seed, 6)
        d <- random_sheet(n, seed)
        d$time <- withr::with_seed(seed, ceiling(stats::rexp(n) * 12))
        d$event <- withr::with_seed(seed + 100, stats::runif(n) < 0.7)
        surv <- survival::Surv(d$time, d$event)
        plain <- quietly(associateClusters(x, surv, "cox", min_samples = 1))
        adjusted <- quietly(associateClusters(x, surv, "cox", ~ age + sex,
            samples = d, min_samples = 1))
        null <- survival::coxph(surv ~ age + sex, d, ties = "breslow",
            control = survival::coxph.control(eps = 1e-11, iter.max = 100))
        for (i in which(!is.na(plain$p_value))) {
            d$value <- x[i, ]
            fit <- suppressWarnings(survival::coxph(surv ~ value, d,
                ties = "breslow"))
            expect_equal(plain$p_value[i], stats::pchisq(fit$score, 1,
                lower.tail = FALSE), tolerance = 1e-8)
            # At the covariates' own coefficients nothing but the cluster has
            # a score.
            fit <- suppressWarnings(survival::coxph(surv ~ value + age + sex,
                d, ties = "breslow", init = c(0, stats::coef(null)),
                control = survival::coxph.control(iter.max = 0)))
            expect_equal(adjusted$p_value[i], stats::pchisq(fit$score, 1,
                lower.tail = FALSE), tolerance = 1e-6)
            cases <- cases + 1
        }
    }
    expect_gte(cases, 250)
    # A strong cluster, after one step.
    hazard <- ifelse(seq_len(200) %% 2 == 0, 1.5, 1)
    surv <- survival::Surv(withr::with_seed(1, stats::rexp(200, hazard)),
        rep(TRUE, 200))
    found <- quietly(associateClusters(rbind(hazard > 1), surv, "cox"))
    fit <- survival::coxph(surv ~ I(hazard > 1))
    expect_equal(log(found$estimate), unname(stats::coef(fit)),
        tolerance = 0.1)
})

test_that("strata are at risk by themselves, as in stratified coxph()", {
    skip_if_not_installed("survival")
    strata <- survival::strata
    cases <- 0
    for (seed in 1:5) {
        n <- 30 + 16 * seed
        x <- random_clusters(20, n, seed, c(1, 3)[1 + seed %% 2])
        d <- random_sheet(n, seed)
        withr::with_seed(seed, {
            d$time <- ceiling(stats::rexp(n) * 8)
            d$event <- stats::runif(n) < 0.6
            d$site <- sample(c("a", "b", "c"), n, TRUE, prob = 3:1)
        })
        surv <- survival::Surv(d$time, d$event)
        plain <- quietly(associateClusters(x, surv, "cox", strata = d$site,
            min_samples = 1))
        adjusted <- quietly(associateClusters(x, surv, "cox", d["age"],
            strata = d$site, min_samples = 1))
        null <- survival::coxph(surv ~ age + strata(site), d, ties = "breslow",
            control = survival::coxph.control(eps = 1e-11, iter.max = 100))
        for (i in which(!is.na(plain$p_value))) {
            d$value <- x[i, ]
            fit <- suppressWarnings(survival::coxph(surv ~ value + strata(site),
                d, ties = "breslow"))
            expect_equal(plain$p_value[i], stats::pchisq(fit$score, 1,
                lower.tail = FALSE), tolerance = 1e-8)
            fit <- suppressWarnings(survival::coxph(surv ~ value + age +
                strata(site), d, ties = "breslow",
            init = c(0, stats::coef(null)),
            control = survival::coxph.control(iter.max = 0)))
            expect_equal(adjusted$p_value[i], stats::pchisq(fit$score, 1,
                lower.tail = FALSE), tolerance = 1e-6)
            cases <- cases + 1
        }
    }
    expect_gte(cases, 90)
    # One stratum is none.
    one <- quietly(associateClusters(x, surv, "cox", strata = rep("a", n)))
    expect_equal(one$p_value, quietly(associateClusters(x, surv,
        "cox"))$p_value)
    expect_output(print(plain), "stratified Cox")
    expect_error(quietly(associateClusters(x, surv, "cox",
        covariates = as.numeric(d$site == "a"), strata = d$site)),
    "vary within `strata`", class = "clustcr_error_covariates")
})

test_that("shuffled numbers give what passes by chance", {
    x <- random_clusters(300, 60, 16)
    age <- withr::with_seed(16, stats::rnorm(60))
    x[1:3, ] <- rep(ifelse(age > 0, ceiling(3 * age), 0), each = 3)
    tests <- list(spearman = age, linear = age)
    if (requireNamespace("survival", quietly = TRUE)) {
        tests$cox <- survival::Surv(exp(-age), rep(TRUE, 60))
    }
    for (test in names(tests)) {
        found <- quietly(associateClusters(x, tests[[test]], test,
            permutations = 100))
        expect_identical(found, quietly(associateClusters(x, tests[[test]],
            test, permutations = 100, n_cpus = 3)))
        expect_true(all(found$q_value[1:3] < 1e-3))
        expect_equal(found$p_adjusted[1:3], rep(1 / 101, 3))
        expect_lt(mean(attr(found, "summary")$permutations$passing), 2)
        expect_gt(found$fdr_permutation[order(found$p_value)[150]], 0.7)
        # Smallest p-values are p-values.
        expect_true(all(attr(found, "summary")$permutations$smallest_p <
            0.5))
    }
})

test_that("a p-value of a shuffle is that of the test", {
    # One order of all: what is shuffled is what is seen.
    x <- random_clusters(30, 5, 2)
    y <- c(1, 2, 4, 8, 16)
    found <- quietly(associateClusters(x, y, "spearman", permutations = 2000,
        min_samples = 1))
    orders <- as.matrix(expand.grid(rep(list(1:5), 5)))
    orders <- orders[apply(orders, 1, function(o) !anyDuplicated(o)), ]
    smallest <- apply(orders, 1, function(order) {
        min(quietly(associateClusters(x, y[order], "spearman",
            min_samples = 1))$p_value, na.rm = TRUE)
    })
    expect_equal(found$p_adjusted, vapply(found$p_value, function(p) {
        mean(smallest <= p * (1 + 1e-9))
    }, 0), tolerance = 0.1)
})

test_that("numbers that can't be tested are errors", {
    x <- random_clusters(5, 10, 18)
    refused <- function(pattern, class, ...) {
        expect_error(quietly(associateClusters(x, ...)), pattern,
            class = paste0("clustcr_error_", class))
    }
    refused("must be numbers", "phenotype", letters[1:10], "spearman")
    refused("must vary", "phenotype", rep(2, 10), "linear")
    refused("all values are missing", "phenotype", rep(NA_real_, 10), "linear")
    refused("must not follow", "covariates", 1:10, "linear",
        covariates = 2 * (1:10))
    refused("right-censored", "phenotype", 1:10, "cox")
    skip_if_not_installed("survival")
    refused("had the event", "too_few_samples", survival::Surv(1:10,
        rep(0, 10)), "cox")
    refused("10 samples", "samples", survival::Surv(1:9, rep(1, 9)), "cox")
})
