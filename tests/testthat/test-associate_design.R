# Base R's tests, a cluster at a time, are the oracle.

quietly <- function(code) suppressMessages(code)

test_that("strata are compared as by mantelhaen.test()", {
    cases <- 0
    for (seed in 1:15) {
        n <- 24 + 6 * seed
        x <- random_clusters(20, n, seed)
        d <- withr::with_seed(seed, data.frame(
            case = stats::runif(n) < 0.45,
            site = sample(c("a", "b", "c", "d"), n, TRUE)))
        found <- quietly(associateClusters(x, d$case, strata = d$site,
            min_samples = 1, n_cpus = 1 + seed %% 2))
        for (i in which(!is.na(found$p_value))) {
            present <- factor(x[i, ] > 0, c(FALSE, TRUE))
            table <- table(present, d$case, d$site)
            informative <- apply(table, 3, function(t) {
                all(rowSums(t) > 0) && all(colSums(t) > 0)
            })
            if (!any(informative)) {
                expect_identical(found$p_value[i], 1)
                expect_identical(found$estimate[i], NA_real_)
                next
            }
            # A stratum that says nothing, and one alone, are errors there.
            expected <- if (sum(informative) == 1) {
                stats::fisher.test(table[, , informative])
            } else {
                stats::mantelhaen.test(table[, , informative], exact = TRUE)
            }
            cases <- cases + 1
            expect_equal(found$p_value[i], expected$p.value,
                tolerance = 1e-9)
            ours <- c(found$estimate[i], found$conf_low[i],
                found$conf_high[i])
            theirs <- unname(c(expected$estimate, expected$conf.int))
            expect_identical(is.finite(log(ours)), is.finite(log(theirs)))
            near <- is.finite(log(ours))
            # R's search stops early.
            expect_lt(max(0, abs(log(ours) - log(theirs))[near]), 0.01)
        }
    }
    expect_gte(cases, 250)
})

test_that("one stratum is Fisher's test, and many phenotypes are each", {
    x <- random_clusters(60, 50, 3)
    labels <- withr::with_seed(3, matrix(stats::runif(100) < 0.4, 50,
        dimnames = list(NULL, c("one", "two"))))
    site <- rep(c("a", "b"), 25)
    plain <- quietly(associateClusters(x, labels[, 1]))
    one <- quietly(associateClusters(x, labels[, 1], strata = rep("a", 50)))
    for (column in c("p_value", "estimate", "conf_low", "conf_high")) {
        expect_equal(one[[column]], plain[[column]], tolerance = 1e-9)
    }
    found <- quietly(associateClusters(x, labels, strata = site))
    for (name in colnames(labels)) {
        own <- quietly(associateClusters(x, labels[, name], strata = site))
        at <- found$phenotype == name
        expect_equal(found$p_value[at],
            own$p_value[match(found$cluster[at], own$cluster)])
    }
    expect_equal(found$q_value, stats::p.adjust(found$p_value, "BH"))
    expect_output(print(found), "Cochran-Mantel-Haenszel")
})

test_that("a stratum explains what depth of two sites would plant", {
    # The second site has more of everything, and more of the cases.
    site <- rep(c("first", "second"), each = 60)
    case <- withr::with_seed(1, stats::runif(120) <
        rep(c(0.2, 0.8), each = 60))
    x <- withr::with_seed(2, matrix(stats::runif(500 * 120) <
        rep(rep(c(0.1, 0.4), each = 60), each = 500), 500) + 0)
    expect_message(blind <- associateClusters(x, case), "Depth goes with")
    expect_gt(attr(blind, "summary")$passing, 50)
    seeing <- quietly(associateClusters(x, case, strata = site,
        permutations = 50))
    expect_identical(attr(seeing, "summary")$passing, 0L)
    expect_gt(min(seeing$p_adjusted), 0.05)
    # By chance as many p-values are small as with strata observed.
    expect_gt(seeing$fdr_permutation[order(seeing$p_value)[250]], 0.7)
    adjusted <- quietly(associateClusters(x, case, "logistic", value =
        "presence", depth = "covariate"))
    expect_lt(attr(adjusted, "summary")$passing, 5)
    expect_message(associateClusters(x, case, samples = data.frame(
        batch = ifelse(case, "b1", "b2"))), "`batch`.* tells the phenotype")
})

test_that("before and after are McNemar's test and signed ranks", {
    cases <- 0
    for (seed in 1:15) {
        n <- 10 + 2 * seed
        x <- random_clusters(20, 2 * n, seed, 4)
        subject <- rep(sprintf("p%02d", seq_len(n)), 2)
        time <- rep(c("before", "after"), each = n)
        order <- withr::with_seed(seed, sample(2 * n))
        test <- function(test) {
            quietly(associateClusters(x[, order], test = test,
                subject = subject[order], time = time[order],
                min_samples = 1))
        }
        found <- test("fisher")
        before <- x[, time == "before"]
        after <- x[, time == "after"]
        gained <- rowSums(after > 0 & before == 0)
        lost <- rowSums(after == 0 & before > 0)
        for (i in which(!is.na(found$p_value))) {
            if (gained[i] + lost[i] == 0) {
                expect_identical(found$p_value[i], 1)
                next
            }
            exact <- stats::binom.test(gained[i], gained[i] + lost[i])
            cases <- cases + 1
            expect_equal(found$p_value[i], exact$p.value, tolerance = 1e-9)
            expect_equal(found$estimate[i], gained[i] / lost[i],
                tolerance = 1e-9)
            # Limits of the share are limits of the odds.
            odds <- exact$conf.int / (1 - exact$conf.int)
            expect_equal(c(found$conf_low[i], found$conf_high[i]),
                as.vector(odds), tolerance = 1e-7)
        }
        found <- test("wilcoxon")
        for (i in seq_len(nrow(x))) {
            if (all(after[i, ] == before[i, ])) {
                expect_identical(found$p_value[i], NA_real_)
                next
            }
            expected <- stats::wilcox.test(after[i, ], before[i, ],
                paired = TRUE, exact = FALSE)
            expect_equal(found$p_value[i], expected$p.value,
                tolerance = 1e-10)
            expect_equal(found$estimate[i],
                mean((after[i, ] > before[i, ]) +
                    (after[i, ] == before[i, ]) / 2))
        }
    }
    expect_gte(cases, 250)
})

# Conditional logistic regression of pairs, d: the differences; with Firth's
# penalty or without.
pair_likelihood <- function(d, b, penalty = FALSE) {
    value <- sum(stats::plogis(d * b, log.p = TRUE))
    if (!penalty) return(value)
    share <- stats::plogis(d * b)
    value + 0.5 * log(sum(d^2 * share * (1 - share)))
}

test_that("before and after are clogit()'s pairs", {
    skip_if_not_installed("survival")
    # clogit() finds coxph() only where it is attached.
    withr::local_package("survival")
    cases <- separated <- 0
    for (seed in 1:6) {
        n <- 6 + 4 * seed
        x <- random_clusters(20, 2 * n, seed, 1 + 3 * (seed %% 2))
        d <- withr::with_seed(seed, data.frame(
            subject = rep(sprintf("p%02d", seq_len(n)), 2),
            time = rep(0:1, each = n), age = stats::rnorm(2 * n)))
        order <- withr::with_seed(seed, sample(2 * n))
        test <- function(...) {
            quietly(associateClusters(x[, order], test = "logistic",
                subject = d$subject[order], time = d$time[order],
                min_samples = 1, ...))
        }
        plain <- test()
        adjusted <- test(covariates = d$age[order])
        null <- survival::clogit(time ~ age + strata(subject), d)
        for (i in seq_len(nrow(x))) {
            d$value <- x[i, ]
            change <- x[i, d$time == 1] - x[i, d$time == 0]
            if (all(change == 0)) {
                expect_identical(plain$p_value[i], NA_real_)
                next
            }
            one_way <- all(change >= 0) || all(change <= 0)
            expect_identical(plain$penalized[i], one_way)
            of <- function(b) pair_likelihood(change, b, one_way)
            best <- stats::optimize(of, c(-30, 30), maximum = TRUE,
                tol = 1e-9)
            expect_equal(log(plain$estimate[i]), best$maximum,
                tolerance = 1e-4)
            expect_equal(plain$p_value[i], stats::pchisq(2 * (best$objective -
                of(0)), 1, lower.tail = FALSE), tolerance = 1e-6)
            # Limits are where the likelihood has fallen by so much.
            for (limit in c(plain$conf_low[i], plain$conf_high[i])) {
                if (!is.finite(log(limit))) next
                expect_equal(best$objective - of(log(limit)),
                    stats::qchisq(0.95, 1) / 2, tolerance = 1e-4)
            }
            cases <- cases + 1
            separated <- separated + one_way
            if (one_way) next
            fit <- survival::clogit(time ~ value + strata(subject), d)
            expect_equal(log(plain$estimate[i]), unname(stats::coef(fit)),
                tolerance = 1e-5)
            expect_equal(plain$p_value[i],
                unname(summary(fit)$logtest["pvalue"]), tolerance = 1e-7)
            if (adjusted$penalized[i]) next
            fit <- survival::clogit(time ~ value + age + strata(subject), d)
            expect_equal(log(adjusted$estimate[i]),
                unname(stats::coef(fit)["value"]), tolerance = 1e-5)
            expect_equal(adjusted$p_value[i], stats::pchisq(2 * (fit$loglik[2] -
                null$loglik[2]), 1, lower.tail = FALSE), tolerance = 1e-6)
        }
    }
    expect_gte(cases, 100)
    expect_gte(separated, 5)
    expect_output(print(plain), "conditional logistic")
    # Presence alone has McNemar's odds ratio.
    present <- (x > 0) + 0
    odds <- quietly(associateClusters(present, test = "logistic",
        subject = d$subject, time = d$time, min_samples = 1))
    exact <- quietly(associateClusters(present, subject = d$subject,
        time = d$time, min_samples = 1))
    at <- which(!odds$penalized & !is.na(odds$p_value))
    expect_equal(odds$estimate[at], exact$estimate[at], tolerance = 1e-6)
    expect_error(quietly(associateClusters(x, test = "logistic",
        subject = d$subject, time = d$time, covariates = c(d$age[1:n],
            d$age[1:n]))), "vary within subjects",
    class = "clustcr_error_covariates")
})

test_that("shuffles within subjects are all changes of sign", {
    x <- random_clusters(30, 12, 4, 4)
    subject <- rep(1:6, 2)
    time <- rep(0:1, each = 6)
    for (test in c("fisher", "wilcoxon", "logistic")) {
        found <- quietly(associateClusters(x, test = test, subject = subject,
            time = time, permutations = 2000, min_samples = 1))
        signs <- as.matrix(expand.grid(rep(list(0:1), 6)))
        chance <- apply(signs, 1, function(sign) {
            swapped <- ifelse(rep(sign == 1, 2), 1 - time, time)
            quietly(associateClusters(x, test = test, subject = subject,
                time = swapped, min_samples = 1))$p_value
        })
        smallest <- apply(chance, 2, min, na.rm = TRUE)
        expect_equal(found$p_adjusted, vapply(found$p_value, function(p) {
            mean(smallest <= p * (1 + 1e-9))
        }, 0), tolerance = 0.05)
    }
})

test_that("samples of one subject count once", {
    x <- random_clusters(40, 45, 5)
    subject <- rep(sprintf("p%02d", 1:15), 3)
    case <- rep(c("yes", "no", "no"), 5)[rep(1:15, 3)]
    joined <- sapply(unique(subject), function(p) {
        rowSums(x[, subject == p] > 0) > 0
    })
    found <- quietly(associateClusters(x, case, subject = subject,
        permutations = 20))
    expected <- quietly(associateClusters(joined, case[1:15],
        permutations = 20))
    columns <- names(expected)
    expect_equal(as.list(found)[columns], as.list(expected)[columns])
    means <- sapply(unique(subject), function(p) {
        rowMeans(x[, subject == p])
    })
    expect_equal(quietly(associateClusters(x, case, "wilcoxon",
        subject = subject))$p_value,
        quietly(associateClusters(means, case[1:15], "wilcoxon"))$p_value)
    # One subject's samples missing, and phenotypes that are told once.
    some <- replace(case, 20:40, NA)
    expect_message(left <- associateClusters(x, some, subject = subject),
        "21 samples have the phenotype of another sample of the subject")
    expect_equal(left$p_value, expected$p_value)
    expect_identical(attr(left, "summary")$left_out, 0L)
    expect_error(quietly(associateClusters(x, rep(c("yes", "no", "no"), 15)[
        order(rep(1:15, 3))], subject = subject)), "given as `time`",
        class = "clustcr_error_phenotype")
    one <- rep("p1", 45)
    expect_error(quietly(associateClusters(x, rep("yes", 45), subject = one)),
        "two levels", class = "clustcr_error_phenotype")
    expect_message(associateClusters(x, case,
        subject = replace(subject, 3, NA)), "1 sample left out")
    expect_output(print(found), "45 samples of 15 subjects")
})

test_that("samples that no subject's test has are counted, and told", {
    m <- rbind(only = c(1, rep(0, 9)), b = c(1, 1, 1, 1, 0, 0, 0, 1, 0, 0))
    ill <- c(NA, rep("ill", 4), rep("healthy", 5))
    subject <- c("D1", "D1", paste0("D", 2:9))
    found <- quietly(associateClusters(m, ill, subject = subject,
        min_samples = 1))
    expect_identical(found$n_samples, c(1L, 4L))
    expect_identical(attr(found, "summary")$left_out, 0L)
    ill[1] <- "ill"
    subject[3] <- NA
    found <- quietly(associateClusters(m, ill, subject = subject,
        min_samples = 1))
    expect_identical(found$n_case, c(1L, 2L))
    expect_identical(attr(found, "summary")$left_out, 1L)
    expect_output(print(found), "5 \"healthy\", 1 sample left out")
    expect_match(methodsText(found), paste("(3 subjects) against \"healthy\"",
        "(5 subjects; 1 sample without it or a subject left out)"),
        fixed = TRUE)
    # A subject of which a covariate is missing takes its samples along.
    age <- c(NA, NA, 5, 1:7)
    found <- quietly(associateClusters(m, ill, "logistic", subject = subject,
        covariates = age, min_samples = 1))
    expect_identical(attr(found, "summary")$left_out, 3L)
    expect_match(methodsText(found), "3 samples without it or a covariate or a")
    # Of several phenotypes those of no test.
    several <- cbind(a = ill == "ill", b = rep(c(TRUE, TRUE, FALSE),
        c(2, 3, 5)))
    several[4, ] <- NA
    for (test in c("fisher", "wilcoxon")) {
        found <- quietly(associateClusters(m, several, test,
            subject = subject, alpha = 1))
        expect_identical(attr(found, "summary")$left_out, 2L)
        expect_output(print(found), "2 phenotypes, 2 samples left out")
        expect_match(methodsText(found), paste("2 phenotypes (2 samples",
            "without any of them or a subject left out)"), fixed = TRUE)
        found <- quietly(associateClusters(m, several, test, alpha = 1))
        expect_identical(attr(found, "summary")$left_out, 1L)
    }
})

test_that("designs that can't be are clear errors", {
    x <- random_clusters(5, 8, 6)
    y <- rep(c("no", "yes"), 4)
    refused <- function(pattern, ..., class = "invalid_argument") {
        expect_error(quietly(associateClusters(x, ...)), pattern,
            class = paste0("clustcr_error_", class))
    }
    subject <- rep(1:4, each = 2)
    refused("`phenotype` must be given")
    refused("not both", y, time = y, subject = subject)
    refused("`subject` must say", time = y)
    refused("`time` must be NULL unless", time = y, subject = subject,
        test = "chisq")
    refused("`strata` must be NULL if `time`", time = y, subject = subject,
        strata = y)
    refused("`strata` must be NULL unless", y, "wilcoxon", strata = y)
    refused("`depth` must not be", y, depth = "covariate")
    for (test in c("wilcoxon", "logistic")) {
        refused("one sample at each time", time = y, test = test,
            subject = rep(1:2, each = 4))
    }
    refused("8 samples", y, strata = 1:3, class = "samples")
    expect_message(quietly_not <- associateClusters(x, time = y,
        subject = c(1, 1, 2, 2, 3, 3, 4, 5)), "2 samples left out")
})
