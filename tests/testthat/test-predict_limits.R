# The jackknife by hand.

area_of <- function(score, case) {
    mean(outer(score[case], score[!case], function(a, b) {
        (a > b) + (a == b) / 2
    }))
}

test_that("limits are those of the whole without each part", {
    cohort <- planted_cohort(1, 44, 120)
    fold <- stats::setNames(rep(1:4, each = 11),
        names(cohort$ill))
    found <- suppressMessages(predictPhenotype(cohort$x, cohort$ill,
        folds = fold, max_p = 0.01, permutations = 0, seed = 3))
    case <- cohort$ill == "yes"
    part <- with_own_seed(3, replicate(6, deal_folds(3, case + 0L,
        seq_along(case))))
    without <- vapply(1:18, function(i) {
        rest <- part[, (i - 1) %/% 3 + 1] != (i - 1) %% 3 + 1
        area_of(naive_scores(cohort$x[, rest], cohort$ill[rest], fold[rest],
            0.01, "beta_binomial"), case[rest])
    }, 0)
    error <- sqrt(2 * mean((without - mean(without))^2))
    jackknife <- found$auc[["auc"]] + c(-1, 1) * stats::qt(0.975, 17) * error
    given <- limits_of_given(found$auc[["auc"]], 22, 22, 0.95)
    expect_equal(unname(found$auc[2:3]), c(max(0, min(jackknife[1], given[1])),
        min(1, max(jackknife[2], given[2]))))
    # All are wider than those of models that nobody has learned.
    single <- auc_of(found$scores[, 1], case + 0L)
    expect_gt(found$auc[["conf_high"]] - found$auc[["conf_low"]],
        single[["conf_high"]] - single[["conf_low"]])
})

test_that("limits of given models are where they are off by their own error", {
    for (auc in c(0.05, 0.5, 0.77, 0.999)) {
        limits <- limits_of_given(auc, 12, 30, 0.9)
        error <- sqrt(limits * (1 - limits) * (1 + 20 * ((1 - limits) /
            (2 - limits) + limits / (1 + limits))) / 360)
        expect_equal(abs(auc - limits), stats::qnorm(0.95) * error,
            tolerance = 1e-6)
        expect_lt(limits[1], auc)
        expect_gt(limits[2], auc)
    }
    # Groups that are apart may still overlap in others.
    expect_identical(limits_of_given(1, 10, 10, 0.95)[2], 1)
    expect_lt(limits_of_given(1, 10, 10, 0.95)[1], 0.9)
    expect_equal(limits_of_given(0, 10, 10, 0.95),
        1 - rev(limits_of_given(1, 10, 10, 0.95)))
})

test_that("of few subjects there are no limits, and none is halved", {
    expect_null(limit_groups(rep(0:1, c(20, 5)), 1:25))
    subject <- rep(1:24, each = 2)
    part <- limit_groups(rep(0:1, each = 2, times = 12), subject)
    expect_identical(dim(part), c(48L, 6L))
    expect_true(all(apply(part, 2, function(g) {
        all(tapply(g, subject, function(own) all(own == own[1])))
    })))
    cohort <- planted_cohort(2, 10, 60)
    few <- suppressMessages(predictPhenotype(cohort$x, cohort$ill, folds = 5,
        repeats = 1, permutations = 0, max_p = 0.1))
    expect_true(is.na(few$auc[["conf_low"]]))
    expect_output(print(few), "AUC 0\\.[0-9]+")
    expect_no_match(methodsText(few), "jackknife")
    # Folds that are gone with a group, or leave nobody.
    expect_false(can_learn(matrix(c(1, 1, 1, 2)), c(0, 1, 1, 0)))
})
