# R's own tests, a cluster at a time, are the oracle.

fisher_table <- function(x, case) {
    rows <- apply(x > 0, 1, function(present) {
        if (!any(present)) return(rep(NA, 4))
        found <- stats::fisher.test(
            table(factor(present, c(FALSE, TRUE)), case)
        )
        c(found$estimate, found$conf.int, found$p.value)
    })
    t(rows)
}

test_that("Fisher's test is that of fisher.test()", {
    for (seed in 1:3) {
        x <- random_clusters(150, 40 + 13 * seed, seed)
        case <- random_sheet(ncol(x), seed)$ill == "yes"
        found <- associateClusters(x, case, min_samples = 1)
        expected <- fisher_table(x, case)
        expect_equal(found$p_value, expected[, 4], tolerance = 1e-10)
        everywhere <- rowSums(x > 0) == ncol(x)
        expect_identical(is.na(found$estimate),
            everywhere | rowSums(x) == 0)
        # fisher.test() stops its search early.
        for (i in 1:3) {
            ours <- log(found[[1 + i]])[!everywhere]
            theirs <- log(expected[!everywhere, i])
            expect_identical(is.finite(ours), is.finite(theirs))
            expect_lt(max(abs(ours - theirs)[is.finite(ours)]), 0.01)
        }
        expect_identical(found$n_samples, as.integer(rowSums(x > 0)))
        expect_identical(found$n_case, as.integer(rowSums(x[, case] > 0)))
        expect_identical(found$n_control, as.integer(rowSums(x[, !case] > 0)))
    }
})

# Fisher's non-central distribution by brute force.
tail_of <- function(a, b, c, d, log_odds, upper) {
    tables <- max(0, a + c - (c + d)):min(a + c, a + b)
    weight <- stats::dhyper(tables, a + b, c + d, a + c, log = TRUE) +
        tables * log_odds
    weight <- exp(weight - max(weight))
    list(
        mean = sum(weight * tables) / sum(weight),
        tail = sum(weight[if (upper) tables >= a else tables <= a]) /
            sum(weight)
    )
}

test_that("Fisher's estimate and limits solve their equations", {
    # Many samples and few, and counts that R's search finds hard.
    tables <- rbind(
        c(3, 17, 9, 11), c(1, 499, 30, 470), c(250, 250, 200, 300),
        c(12, 3, 1, 400), c(498, 2, 300, 200)
    )
    for (i in seq_len(nrow(tables))) {
        t <- tables[i, ]
        x <- rbind(rep(c(1, 0, 1, 0), t))
        case <- rep(c(TRUE, TRUE, FALSE, FALSE), t)
        found <- associateClusters(x, case, conf_level = 0.9)
        solved <- function(odds, upper) {
            tail_of(t[1], t[2], t[3], t[4], log(odds), upper)
        }
        expect_equal(solved(found$estimate, TRUE)$mean, t[1],
            tolerance = 1e-9)
        expect_equal(solved(found$conf_low, TRUE)$tail, 0.05,
            tolerance = 1e-9)
        expect_equal(solved(found$conf_high, FALSE)$tail, 0.05,
            tolerance = 1e-9)
    }
})

test_that("the published Fisher p-values come out", {
    skip_without_shared()
    cohort <- covid_cohort()
    clonotypes <- cohort$clonotypes
    x <- cohort$x[clonotypes$cdr3, ]
    clusters <- rowsum((x > 0) + 0, clonotypes$cluster)
    found <- associateClusters(
        clusters, factor(cohort$status, c("healthy", "COVID")) |>
            stats::setNames(names(cohort$status)), n_cpus = 2
    )
    golden <- golden_table("covid_trb_association.tsv")
    first <- tapply(clonotypes$cdr3, clonotypes$cluster, function(x) {
        sort(x, method = "radix")[1]
    })
    at <- match(golden$first_junction_aa, first[as.character(found$cluster)])
    expect_identical(sort(at), 1:58)
    expect_identical(found$n_case[at], golden$covid_donors)
    expect_identical(found$n_control[at], golden$healthy_donors)
    expect_lt(max(abs(found$p_value[at] / golden$fisher_p - 1)), 1e-8)
})

test_that("Wilcoxon's test is that of wilcox.test()", {
    for (largest in c(1, 3, 50)) {
        x <- random_clusters(100, 45, largest, largest)
        x[1, ] <- seq_len(ncol(x))
        x[2, ] <- 7
        case <- random_sheet(ncol(x), largest)$ill == "yes"
        found <- associateClusters(x, case, "wilcoxon", min_samples = 1)
        expected <- apply(x, 1, function(row) {
            stats::wilcox.test(row[case], row[!case], exact = FALSE)$p.value
        })
        expect_equal(found$p_value, ifelse(is.nan(expected), NA, expected),
            tolerance = 1e-12)
    }
})

test_that("the probability of superiority has DeLong's limits", {
    x <- random_clusters(40, 50, 4, 6)
    case <- random_sheet(50, 4)$ill == "yes"
    found <- associateClusters(x, case, "wilcoxon", min_samples = 1)
    for (i in which(!is.na(found$p_value))) {
        wins <- outer(x[i, case], x[i, !case], function(a, b) {
            (a > b) + (a == b) / 2
        })
        error <- sqrt(stats::var(rowMeans(wins)) / sum(case) +
            stats::var(colMeans(wins)) / sum(!case))
        expect_equal(found$estimate[i], mean(wins))
        expect_equal(found$conf_low[i],
            max(0, mean(wins) - stats::qnorm(0.975) * error))
        expect_equal(found$conf_high[i],
            min(1, mean(wins) + stats::qnorm(0.975) * error))
    }
})

exact_glm <- function(formula, data) {
    suppressWarnings(stats::glm(formula, stats::binomial, data,
        control = stats::glm.control(epsilon = 1e-14, maxit = 100)))
}

test_that("logistic regression is that of glm()", {
    x <- random_clusters(60, 70, 5)
    sheet <- random_sheet(70, 5)
    found <- associateClusters(x, sheet$ill, "logistic", ~ age + sex,
        samples = sheet)
    plain <- which(!found$penalized & !is.na(found$p_value))
    expect_gt(length(plain), 40)
    for (i in plain) {
        data <- cbind(sheet, y = sheet$ill == "yes", value = x[i, ])
        with <- exact_glm(y ~ age + sex + value, data)
        without <- exact_glm(y ~ age + sex, data)
        expect_equal(log(found$estimate[i]), unname(coef(with)["value"]),
            tolerance = 1e-5)
        expect_equal(found$p_value[i],
            stats::anova(without, with, test = "LRT")[2, 5], tolerance = 1e-8)
    }
    # The limits are where the likelihood has fallen by half of chi-square.
    for (i in utils::head(plain, 10)) {
        data <- cbind(sheet, y = sheet$ill == "yes", value = x[i, ])
        best <- exact_glm(y ~ age + sex + value, data)
        for (limit in log(c(found$conf_low[i], found$conf_high[i]))) {
            data$fixed <- limit * data$value
            held <- exact_glm(y ~ age + sex + offset(fixed), data)
            expect_equal(stats::deviance(held) - stats::deviance(best),
                stats::qchisq(0.95, 1), tolerance = 1e-5)
        }
    }
})

# Counts in which some clones are expanded, and more so in cases.
expanded_counts <- function(clusters, samples, seed) {
    withr::with_seed(seed, t(vapply(seq_len(clusters), function(i) {
        case <- seq_len(samples) > samples / 2
        there <- stats::runif(samples) < ifelse(case, 0.7, 0.4)
        clone <- floor(10^stats::runif(samples, 0, sample(2:4, 1)))
        there * ifelse(stats::runif(samples) < 0.3, clone,
            1 + stats::rpois(samples, 2))
    }, numeric(samples))))
}

# Whether no value of one group is above any of the other.
separates <- function(value, y) {
    max(value[y]) <= min(value[!y]) || max(value[!y]) <= min(value[y])
}

test_that("an expanded clone is no separation", {
    v <- c(0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 24, 3, 5, 217, 0, 10, 0, 7, 3, 15)
    y <- rep(c("n", "y"), each = 10)
    for (largest in c(60, 217, 1000, 1e6)) {
        for (unit in c(1, 0.01, 1000)) {
            value <- replace(v, v == 217, largest) * unit
            found <- associateClusters(matrix(value, 1), y, "logistic",
                min_samples = 1)
            expect_false(found$penalized)
            expect_equal(found$p_value, 1.023085e-4, tolerance = 1e-6)
            expect_equal(log(found$estimate) * unit, 1.25655182,
                tolerance = 1e-6)
            expect_gt(found$conf_low, 1)
            expect_true(is.finite(found$conf_high))
        }
    }
})

test_that("eighty clusters with expanded clones are those of glm()", {
    y <- rep(c(FALSE, TRUE), each = 15)
    x <- expanded_counts(80, 30, 1)
    age <- withr::with_seed(2, stats::rnorm(30, 50, 10))
    for (adjusted in c(FALSE, TRUE)) {
        found <- associateClusters(x, y, "logistic", if (adjusted) age,
            min_samples = 1)
        many <- associateClusters(x * 1000, y, "logistic",
            if (adjusted) age, min_samples = 1)
        expect_equal(many$p_value, found$p_value, tolerance = 1e-8)
        expect_identical(many$penalized, found$penalized)
        if (!adjusted) {
            expect_identical(found$penalized, apply(x, 1, separates, y))
        }
        expect_lt(mean(found$penalized), 0.2)
        for (i in which(!found$penalized)) {
            data <- data.frame(y, value = x[i, ] / 10, age)
            base <- if (adjusted) y ~ age else y ~ 1
            with <- exact_glm(stats::update(base, . ~ . + value), data)
            without <- exact_glm(base, data)
            expect_equal(log(found$estimate[i]) * 10,
                unname(coef(with)["value"]), tolerance = 1e-5)
            expect_equal(found$p_value[i],
                stats::anova(without, with, test = "LRT")[2, 5],
                tolerance = 1e-7)
        }
    }
})

test_that("separation by a covariate and a cluster together is seen", {
    # Neither separates the groups by itself; their sum does.
    for (seed in 1:10) {
        d <- withr::with_seed(seed, data.frame(value =
            stats::rpois(24, 2) * (1 + 50 * (stats::runif(24) < 0.2)),
            age = stats::rnorm(24, 50, 10)))
        sum <- scale(d$age)[, 1] + d$value / 4
        y <- sum > stats::median(sum)
        found <- associateClusters(rbind(d$value), y, "logistic", d["age"])
        expect_true(found$penalized)
        # One sample of the other group, and there is a maximum.
        near <- order(abs(sum - stats::median(sum)))[1:6]
        y[near] <- !y[near]
        found <- associateClusters(rbind(d$value), y, "logistic", d["age"])
        fit <- exact_glm(y ~ age + value, d)
        if (fit$converged && max(abs(fit$linear.predictors)) < 200) {
            expect_false(found$penalized)
            expect_equal(log(found$estimate), unname(coef(fit)["value"]),
                tolerance = 1e-5)
        }
    }
})

# Firth's penalised log-likelihood, maximised by a search that knows nothing
# of scores.
firth <- function(y, design, held = NULL, from = rep(0, free)) {
    penalised <- function(free) {
        beta <- c(free, held)
        eta <- drop(design %*% beta)
        weight <- stats::plogis(eta) * stats::plogis(-eta)
        sum(stats::plogis(ifelse(y, eta, -eta), log.p = TRUE)) +
            0.5 * determinant(crossprod(design * sqrt(weight)))$modulus
    }
    free <- ncol(design) - length(held)
    stats::optim(from, penalised, method = "BFGS",
        control = list(fnscale = -1, reltol = 1e-15, maxit = 1000))
}

separated_case <- function() {
    sheet <- random_sheet(50, 6)
    x <- rbind(
        (sheet$ill == "yes") * rep(c(1, 0, 0), length.out = 50),
        (sheet$ill == "no") * rep(c(0, 2, 0, 0, 1), length.out = 50),
        (sheet$ill == "yes") * 1
    )
    list(x = x, sheet = sheet)
}

test_that("separated groups get Firth's penalty", {
    d <- separated_case()
    found <- associateClusters(d$x, "ill", "logistic", ~ age + sex,
        samples = d$sheet)
    expect_identical(found$penalized, c(TRUE, TRUE, TRUE))
    y <- d$sheet$ill == "yes"
    base <- cbind(1, scale(d$sheet$age), d$sheet$sex == "m")
    for (i in 1:3) {
        design <- cbind(base, d$x[i, ])
        best <- firth(y, design)
        expect_equal(log(found$estimate[i]), best$par[4], tolerance = 1e-3)
        held <- firth(y, design, 0)
        expect_equal(
            found$p_value[i],
            stats::pchisq(2 * (best$value - held$value), 1,
                lower.tail = FALSE),
            tolerance = 1e-5
        )
        for (limit in log(c(found$conf_low[i], found$conf_high[i]))) {
            held <- firth(y, design, limit, best$par[1:3])
            expect_equal(2 * (best$value - held$value),
                stats::qchisq(0.95, 1), tolerance = 1e-5)
        }
    }
})

test_that("Firth's maximum is the highest where a clone is expanded", {
    y <- rep(c(FALSE, TRUE), each = 12)
    for (seed in 1:6) {
        v <- withr::with_seed(seed, ifelse(y, 1 + floor(10^stats::runif(24, 0,
            3)) * (stats::runif(24) < 0.5), 0))
        found <- associateClusters(rbind(v), y, "logistic")
        expect_true(found$penalized)
        design <- cbind(1, v / stats::median(v[y]))
        # A search from one place may end at the maximum of the largest value.
        highest <- max(vapply(c(0, 0.5, 1, 3, 8, 30, 100), function(start) {
            firth(y, design, from = c(-1, start))$value
        }, 0))
        p <- stats::pchisq(2 * (highest - firth(y, design, 0)$value), 1,
            lower.tail = FALSE)
        expect_equal(found$p_value, p, tolerance = 1e-4)
        expect_lt(found$p_value, 0.01)
        expect_gt(found$conf_low, 1)
        expect_equal(associateClusters(rbind(v * 1000), y, "logistic")$p_value,
            found$p_value, tolerance = 1e-8)
    }
})

test_that("clusters of few samples of many are those of glm()", {
    # Where the search begins off the null fit is exact at the end.
    n <- 400
    sheet <- random_sheet(n, 22)
    sheet$ill <- ifelse(stats::plogis((sheet$age - 50) / 8) >
        seq(0.02, 0.98, length.out = n), "yes", "no")
    x <- withr::with_seed(22, t(vapply(1:30, function(i) {
        at <- sample(n, c(3, 6, 20, 200)[i %% 4 + 1])
        replace(numeric(n), at, stats::rpois(length(at), 2) + 1)
    }, numeric(n))))
    found <- associateClusters(x, sheet$ill, "logistic", ~ age + sex,
        samples = sheet)
    expect_gt(sum(!found$penalized), 20)
    for (i in which(!found$penalized)) {
        data <- cbind(sheet, y = sheet$ill == "yes", value = x[i, ])
        with <- exact_glm(y ~ age + sex + value, data)
        without <- exact_glm(y ~ age + sex, data)
        expect_equal(log(found$estimate[i]), unname(coef(with)["value"]),
            tolerance = 1e-5)
        expect_equal(found$p_value[i],
            stats::anova(without, with, test = "LRT")[2, 5], tolerance = 1e-8)
        data$fixed <- log(found$conf_high[i]) * data$value
        held <- exact_glm(y ~ age + sex + offset(fixed), data)
        expect_equal(stats::deviance(held) - stats::deviance(with),
            stats::qchisq(0.95, 1), tolerance = 1e-5)
    }
    base <- cbind(1, scale(sheet$age), sheet$sex == "m")
    y <- sheet$ill == "yes"
    for (i in utils::head(which(found$penalized), 3)) {
        best <- firth(y, cbind(base, x[i, ]))
        held <- firth(y, cbind(base, x[i, ]), 0)
        expect_equal(log(found$estimate[i]), best$par[4], tolerance = 1e-3)
        expect_equal(found$p_value[i], stats::pchisq(
            2 * (best$value - held$value), 1, lower.tail = FALSE
        ), tolerance = 1e-5)
    }
})

test_that("equal clusters are tested once and count as often as they are", {
    x <- random_clusters(30, 40, 23)
    sheet <- random_sheet(40, 23)
    # Of these all are cases: what is said of a penalised fit is said of twins.
    x[c(4, 17), ] <- x[c(4, 17), ] * rep(sheet$ill == "yes", each = 2)
    test <- function(x) {
        associateClusters(x, sheet$ill, "logistic", sheet["age"],
            permutations = 8, alpha = 1, n_cpus = 2)
    }
    one <- test(x)
    expect_true(any(one$penalized) && !all(one$penalized))
    twice <- test(x[rep(1:30, c(3, rep(2, 29))), ])
    columns <- c("estimate", "conf_low", "conf_high", "p_value", "penalized",
        "n_case")
    at <- rep(1:30, c(3, rep(2, 29)))
    expect_identical(as.list(twice)[columns], lapply(as.list(one)[columns],
        function(column) column[at]))
    two <- test(x[rep(1:30, 2), ])
    expect_identical(two$fdr_permutation, rep(one$fdr_permutation, 2))
    expect_identical(attr(two, "summary")$permutations$passing,
        2L * attr(one, "summary")$permutations$passing)
    expect_gt(sum(attr(one, "summary")$permutations$passing), 0)
})

test_that("Firth's fits are those of logistf", {
    skip_if_not_installed("logistf")
    d <- separated_case()
    found <- associateClusters(d$x, "ill", "logistic", ~ age + sex,
        samples = d$sheet)
    for (i in 1:3) {
        data <- cbind(d$sheet, y = d$sheet$ill == "yes", value = d$x[i, ])
        theirs <- logistf::logistf(
            y ~ age + sex + value, data,
            control = logistf::logistf.control(maxit = 2000, lconv = 1e-10,
                gconv = 1e-10, xconv = 1e-10),
            plcontrol = logistf::logistpl.control(maxit = 2000)
        )
        expect_equal(log(found$estimate[i]),
            unname(theirs$coefficients["value"]), tolerance = 1e-5)
        expect_equal(log(found$conf_low[i]),
            unname(theirs$ci.lower["value"]), tolerance = 1e-4)
        expect_equal(log(found$conf_high[i]),
            unname(theirs$ci.upper["value"]), tolerance = 1e-4)
        expect_equal(found$p_value[i], unname(theirs$prob["value"]),
            tolerance = 1e-6)
    }
})

test_that("a covariate that separates the groups penalises all fits", {
    sheet <- random_sheet(30, 8)
    x <- random_clusters(5, 30, 8)
    found <- associateClusters(x, sheet$ill, "logistic",
        covariates = as.numeric(sheet$ill == "yes") * 10 + sheet$age / 100)
    expect_true(all(found$penalized))
    expect_false(anyNA(found$p_value))
})

test_that("a cluster that follows from the covariates is not tested", {
    sheet <- random_sheet(30, 8)
    x <- rbind(rep(2, 30), 3 * (sheet$sex == "m"), rep(0:1, 15))
    found <- associateClusters(x, "ill", "logistic", ~sex, samples = sheet)
    expect_identical(is.na(found$p_value), c(TRUE, TRUE, FALSE))
    expect_identical(is.na(found$estimate), c(TRUE, TRUE, FALSE))
})

test_that("large and small values of a cluster change nothing but the unit", {
    x <- random_clusters(20, 60, 9)
    case <- random_sheet(60, 9)$ill
    one <- associateClusters(x, case, "logistic")
    many <- associateClusters(x * 1e6, case, "logistic")
    expect_equal(many$p_value, one$p_value, tolerance = 1e-10)
    expect_equal(log(many$estimate) * 1e6, log(one$estimate))
})

test_that("a value per count is a value of each form of matrix", {
    x <- random_clusters(50, 30, 10)
    rownames(x) <- paste0("c", seq_len(50))
    colnames(x) <- paste0("s", 1:30)
    case <- random_sheet(30, 10)$ill
    expected <- associateClusters(x, case, "wilcoxon")
    sparse <- Matrix::Matrix(x, sparse = TRUE)
    expect_s4_class(sparse, "dgCMatrix")
    expect_identical(associateClusters(sparse, case, "wilcoxon"), expected)
    by_triplet <- as(sparse, "TsparseMatrix")
    expect_identical(associateClusters(by_triplet, case, "wilcoxon"), expected)
    stored_zeros <- sparse
    stored_zeros@x[c(3, 9)] <- 0
    dense <- as.matrix(stored_zeros)
    expect_identical(associateClusters(stored_zeros, case),
        associateClusters(dense, case))
    present <- as(sparse, "nMatrix")
    expect_identical(associateClusters(present, case)$p_value,
        associateClusters(x > 0, case)$p_value)
    expect_identical(expected$cluster, rownames(x))
    expect_identical(associateClusters(unname(x), case)$cluster, 1:50)
})

test_that("a SummarizedExperiment brings its sheet", {
    skip_if_not_installed("SummarizedExperiment")
    x <- random_clusters(20, 30, 11)
    sheet <- random_sheet(30, 11)
    names <- sprintf("donor %02d", 30:1)
    experiment <- SummarizedExperiment::SummarizedExperiment(
        list(
            receptors = Matrix::Matrix(x, sparse = TRUE, dimnames = NULL),
            presence = Matrix::Matrix((x > 0) + 0, sparse = TRUE)
        ),
        colData = data.frame(sheet, row.names = names)
    )
    expect_equal(
        associateClusters(experiment, "ill", "logistic", ~ age + sex),
        associateClusters(x, sheet$ill, "logistic", sheet[c("age", "sex")])
    )
    found <- associateClusters(experiment, "ill", "wilcoxon",
        assay = "presence")
    expect_output(print(found), "assay = \"presence\"")
    expect_match(methodsText(found), "assay \"presence\"", fixed = TRUE)
    attr(found, "summary")$settings["assay"] <- list(NULL)
    expect_equal(found, associateClusters(x > 0, sheet$ill, "wilcoxon"))
    expect_error(associateClusters(experiment, "sick"), "`ill`, `age`, `sex`",
        class = "clustcr_error_invalid_argument")
    expect_error(associateClusters(experiment, "ill", assay = "counts"),
        "`assay`", class = "clustcr_error_invalid_argument")
})

test_that("samples are matched by name", {
    x <- random_clusters(20, 30, 12)
    colnames(x) <- sprintf("s%02d", 1:30)
    sheet <- cbind(repertoire_id = colnames(x), random_sheet(30, 12))
    expected <- associateClusters(x, sheet$ill, "logistic", sheet["age"])
    shuffled <- sheet[rev(seq_len(30)), ]
    expect_equal(expected, associateClusters(x, "ill", "logistic", "age",
        samples = shuffled))
    expect_equal(
        expected,
        associateClusters(
            x, stats::setNames(shuffled$ill, shuffled$repertoire_id),
            "logistic",
            data.frame(age = shuffled$age, row.names = shuffled$repertoire_id)
        )
    )
    expect_error(associateClusters(x, "ill", samples = sheet[-(3:4), ]),
        "\"s03\", \"s04\" of `x` are not in `samples`",
        class = "clustcr_error_samples")
    expect_error(associateClusters(x[, -7], "ill", samples = sheet),
        "\"s07\" is not in `x`", class = "clustcr_error_samples")
    expect_error(
        associateClusters(x, "ill", samples = sheet[c(1, 1:30), ]),
        "\"s01\" is there more than once", class = "clustcr_error_samples"
    )
    expect_error(associateClusters(x, sheet$ill[-1]), "30 samples of `x`",
        class = "clustcr_error_samples")
})

test_that("samples without a phenotype or covariate are left out", {
    x <- random_clusters(30, 40, 13)
    sheet <- random_sheet(40, 13)
    sheet$ill[c(2, 5)] <- c(NA, "")
    sheet$age[9] <- NA
    keep <- -c(2, 5)
    found <- associateClusters(x, sheet$ill)
    expect_identical(attr(found, "summary")$left_out, 2L)
    expect_equal(as.list(found),
        as.list(associateClusters(x[, keep], sheet$ill[keep])),
        ignore_attr = TRUE)
    found <- associateClusters(x, "ill", "logistic", ~age, samples = sheet)
    expect_identical(attr(found, "summary")$left_out, 3L)
    keep <- -c(2, 5, 9)
    expect_equal(
        found$p_value,
        associateClusters(x[, keep], "ill", "logistic", ~age,
            samples = sheet[keep, ])$p_value
    )
})

test_that("the second level is the case", {
    x <- rbind(c(1, 1, 1, 0, 0, 0))
    estimate <- function(phenotype) associateClusters(x, phenotype)$estimate
    expect_identical(estimate(c(1, 1, 1, 0, 0, 0)), Inf)
    expect_identical(estimate(c("b", "b", "b", "a", "a", "a")), Inf)
    expect_identical(estimate(c(TRUE, TRUE, TRUE, FALSE, FALSE, FALSE)), Inf)
    expect_identical(
        estimate(factor(c("b", "b", "b", "a", "a", "a"), c("b", "c", "a"))), 0
    )
})

test_that("clusters of too few samples are not tested", {
    x <- random_clusters(60, 40, 14)
    case <- random_sheet(40, 14)$ill
    all <- associateClusters(x, case, min_samples = 1)
    some <- associateClusters(x, case, min_samples = 12)
    few <- rowSums(x > 0) < 12
    expect_identical(is.na(some$p_value), few)
    expect_identical(some$p_value[!few], all$p_value[!few])
    expect_identical(some$q_value,
        stats::p.adjust(ifelse(few, NA, all$p_value), "BH"))
    expect_identical(some$n_samples, all$n_samples)
    expect_identical(attr(some, "summary")$tested, sum(!few))
})

test_that("nothing depends on the threads, nor on where blocks end", {
    x <- random_clusters(9000, 20, 15)
    sheet <- random_sheet(20, 15)
    for (test in c("fisher", "wilcoxon")) {
        expected <- associateClusters(x, sheet$ill, test, permutations = 70)
        expect_identical(expected, associateClusters(
            x, sheet$ill, test, permutations = 70, n_cpus = 3
        ))
        part <- 4090:4100
        expect_identical(expected$p_value[part],
            associateClusters(x[part, ], sheet$ill, test)$p_value)
    }
    x <- x[1:100, ]
    one <- associateClusters(x, sheet$ill, "logistic", sheet["age"],
        permutations = 5)
    expect_identical(one, associateClusters(
        x, sheet$ill, "logistic", sheet["age"], permutations = 5, n_cpus = 3
    ))
})

test_that("permutations count what passes by chance", {
    x <- random_clusters(300, 40, 16)
    case <- random_sheet(40, 16)$ill == "yes"
    # Ten clusters that go with the phenotype.
    x[1:10, case] <- 1
    x[1:10, !case] <- 0
    for (test in c("fisher", "wilcoxon", "logistic")) {
        shuffles <- if (test == "logistic") 10 else 130
        found <- associateClusters(x, case, test, permutations = shuffles,
            alpha = 0.01)
        about <- attr(found, "summary")
        expect_identical(nrow(about$permutations), as.integer(shuffles))
        expect_gte(about$passing, 10)
        expect_lt(max(about$permutations$passing), 5)
        expect_true(all(found$fdr_permutation[1:10] < 0.02))
        ordered <- found$fdr_permutation[order(found$p_value, na.last = NA)]
        expect_false(is.unsorted(ordered))
        # By chance as many have a p-value below the median as are observed.
        expect_gt(found$fdr_permutation[order(found$p_value)[150]], 0.7)
    }
})

test_that("the empirical FDR is that of counting", {
    # Few samples: all labelings are drawn, and their p-values are known.
    x <- random_clusters(40, 8, 17)
    case <- rep(c(TRUE, FALSE), each = 4)
    found <- associateClusters(x, case, permutations = 4000, min_samples = 1)
    labelings <- utils::combn(8, 4, function(i) seq_len(8) %in% i)
    by_chance <- apply(labelings, 2, function(label) {
        associateClusters(x, label, min_samples = 1)$p_value
    })
    tested <- found$p_value[!is.na(found$p_value)]
    share <- vapply(tested, function(p) {
        mean(colSums(by_chance <= p * (1 + 1e-9), na.rm = TRUE)) /
            sum(tested <= p * (1 + 1e-9))
    }, 0)
    order <- order(tested)
    expected <- pmin(1, rev(cummin(rev(share[order]))))
    expect_equal(found$fdr_permutation[!is.na(found$p_value)][order], expected,
        tolerance = 0.1)
})

test_that("the seed is all there is to chance", {
    x <- random_clusters(50, 30, 18)
    case <- random_sheet(30, 18)$ill
    withr::with_seed(1, {
        before <- .Random.seed
        one <- associateClusters(x, case, permutations = 20, seed = 7)
        expect_identical(.Random.seed, before)
    })
    expect_identical(one,
        associateClusters(x, case, permutations = 20, seed = 7))
    other <- associateClusters(x, case, permutations = 20, seed = 8)
    expect_false(identical(attr(one, "summary"), attr(other, "summary")))
})

test_that("what can't be tested is a clear error", {
    x <- random_clusters(5, 10, 19)
    ill <- rep(c("yes", "no"), 5)
    refused <- function(kind, pattern, ...) {
        expect_error(associateClusters(...), pattern,
            class = paste0("clustcr_error_", kind))
    }
    refused("phenotype", "two levels, not 1 .\"a\"", x, rep("a", 10))
    refused("phenotype", "all 10 values are missing", x, rep(NA, 10))
    refused("phenotype", "two levels, not 3", x, c(1:3, 1:3, 1:3, 1))
    refused("too_few_samples", "\"yes\" has 1", x, c("yes", rep("no", 9)))
    refused("too_few_samples", "2 left out", x,
        c("yes", NA, NA, rep("no", 7)))
    refused("invalid_argument", "sample sheet", x, "ill")
    refused("invalid_argument", "`phenotype` must be a vector", x, list(1))
    refused("invalid_argument", "`x` must be a matrix", 1:10, ill)
    refused("invalid_argument", "`test` must be one of", x, ill, "t.test")
    refused("invalid_argument", "`covariates` must be NULL", x, ill,
        covariates = 1:10)
    refused("invalid_argument", "`min_samples`", x, ill, min_samples = 0)
    refused("invalid_argument", "`permutations`", x, ill, permutations = -1)
    refused("invalid_argument", "row 2 of column 3 is not a number",
        replace(x, 12, NA), ill)
    refused("invalid_argument", "row 1 of column 1 is negative",
        replace(x, 1, -1), ill)
    logistic <- function(kind, pattern, covariates) {
        refused(kind, pattern, x, ill, "logistic", covariates)
    }
    logistic("covariates", "\"covariate\" is constant", rep(1, 10))
    logistic("covariates", "\"b\" follows",
        data.frame(a = 1:10, b = 2 * (1:10) + 1))
    logistic("too_few_samples", "more than 11 samples",
        as.data.frame(diag(10)[, 1:9]))
    logistic("invalid_argument", "without a left side", y ~ z)
    logistic("invalid_argument", "\"no_such_column\" is none",
        ~ no_such_column)
    logistic("invalid_argument", "\"time\" is none", ~ time)
    logistic("samples", "10 samples", 1:9)
})

test_that("matrices without clusters are fine", {
    x <- matrix(0, 0, 6)
    found <- associateClusters(x, rep(0:1, 3), permutations = 3)
    expect_identical(nrow(found), 0L)
    expect_output(print(found), "0 clusters tested of 0")
    none <- associateClusters(matrix(0, 3, 6), rep(0:1, 3), permutations = 3)
    expect_true(all(is.na(none$p_value)))
})

test_that("what is printed says what was done", {
    x <- random_clusters(50, 30, 20)
    case <- random_sheet(30, 20)$ill
    case[which(case == "no")[1]] <- NA
    found <- associateClusters(x, case, permutations = 10)
    expect_output(print(found), "15 \"yes\" against 14 \"no\", 1 left out")
    expect_output(print(found), "By chance .* would pass .10 shuffles")
    expect_output(print(found, n = 3), "and 47 clusters with larger")
    expect_output(print(found[1:3, ]), "fdr_permutation")
})
