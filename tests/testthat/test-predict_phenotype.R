predict_quietly <- function(...) suppressMessages(predictPhenotype(...))

test_that("clusters are chosen anew in each fold", {
    cohort <- planted_cohort(1)
    fold <- stats::setNames(rep(1:5, 12)[order(rep(1:2, 30))],
        names(cohort$ill))
    for (model in prediction_models) {
        found <- predict_quietly(cohort$x, cohort$ill, folds = fold,
            max_p = 0.01, model = model, permutations = 2)
        expected <- naive_scores(cohort$x, cohort$ill, fold, 0.01, model)
        expect_equal(found$predictions$probability, stats::plogis(expected))
        pairs <- outer(expected[cohort$ill == "yes"],
            expected[cohort$ill == "no"], function(a, b) (a > b) + (a == b) / 2)
        expect_equal(found$auc[["auc"]], mean(pairs))
        expect_equal(found$repeats, mean(pairs))
        expect_identical(found$folds$n_test, rep(12L, 5))
        hits <- lapply(1:5, function(f) {
            chosen_by(cohort$x[, fold != f], cohort$ill[fold != f], 0.01)
        })
        expect_identical(found$folds$chosen, lengths(hits))
        expect_identical(sort(found$features$cluster[found$features$by_all]),
            chosen_by(cohort$x, cohort$ill, 0.01))
        counts <- table(unlist(hits))
        at <- match(names(counts), found$features$cluster)
        expect_equal(found$features$share_of_folds[at], as.vector(counts) / 5)
    }
})

test_that("a case that nobody knows is told, for only its clusters count", {
    cohort <- planted_cohort(1)
    coded <- stats::setNames(ifelse(cohort$ill == "yes", 1, 2),
        names(cohort$ill))
    said <- "Neither \"1\" nor \"2\" of `phenotype` is known as the control"
    quick <- function(...) {
        predictPhenotype(cohort$x, ..., max_p = 0.01, repeats = 1,
            permutations = 0)
    }
    expect_message(found <- quick(coded), said, fixed = TRUE)
    expect_output(print(found), "Neither group is known as the control")
    expect_no_message(quick(coded, case = 1), message = "Neither")
    expect_no_message(quick(cohort$ill), message = "Neither")
})

test_that("what is planted is found, and chance gives a half", {
    cohort <- planted_cohort(2, 80)
    found <- predict_quietly(cohort$x, cohort$ill, repeats = 3, max_p = 0.005)
    expect_gt(found$auc[["auc"]], 0.85)
    expect_lt(found$auc[["conf_low"]], found$auc[["auc"]])
    expect_lt(abs(mean(found$permuted) - 0.5), 0.1)
    expect_true(all(found$features$cluster[1:5] %in% 1:8))
    nothing <- predict_quietly(cohort$x[-(1:8), ], cohort$ill, repeats = 3,
        max_p = 0.05, leakage = TRUE)
    expect_lt(abs(nothing$auc[["auc"]] - 0.5), 0.2)
    # What all samples have chosen, all samples seem to confirm.
    expect_gt(nothing$leakage$auc, 0.8)
    expect_gt(mean(nothing$leakage$permuted), 0.6)
    expect_lt(mean(nothing$permuted), 0.6)
    shown <- utils::capture.output(print(nothing))
    expect_match(shown, "a leak: 0\\.[89]", all = FALSE)
    expect_match(shown, "With shuffled labels: 0\\.[45]", all = FALSE)
})

test_that("the AUC is the mean of repeats, of shuffles too", {
    cohort <- planted_cohort(7)
    found <- predict_quietly(cohort$x, cohort$ill, repeats = 3, folds = 5,
        max_p = 0.02, permutations = 4)
    expect_identical(dim(found$scores), c(60L, 3L))
    areas <- apply(found$scores, 2, function(score) {
        wins <- outer(score[found$predictions$case],
            score[!found$predictions$case], function(a, b) {
                (a > b) + (a == b) / 2
            })
        mean(wins)
    })
    expect_equal(unname(found$repeats), areas)
    expect_equal(found$auc[["auc"]], mean(areas))
    expect_length(found$permuted, 4)
    more <- predict_quietly(cohort$x, cohort$ill, repeats = 3, folds = 5,
        max_p = 0.02, permutations = 2)
    expect_identical(more$permuted, found$permuted[1:2])
})

test_that("predictions depend on the seed alone", {
    cohort <- planted_cohort(3)
    call <- function(...) {
        predict_quietly(cohort$x, cohort$ill, repeats = 2, max_p = 0.01,
            permutations = 3, folds = 5, ...)
    }
    one <- call()
    withr::with_seed(9, expect_identical(call(n_cpus = 2), one))
    expect_false(identical(call(seed = 1)$predictions, one$predictions))
    # Of the same samples in another order the names tell.
    turned <- predict_quietly(cohort$x[, 60:1], cohort$ill, folds = 5,
        repeats = 1, max_p = 0.01, permutations = 0)
    expect_setequal(turned$predictions$repertoire_id, names(cohort$ill))
    left_out <- cohort$ill
    left_out[1:4] <- NA
    some <- predict_quietly(cohort$x, left_out, folds = 5, repeats = 1,
        max_p = 0.01, permutations = 0)
    expect_identical(some$predictions$repertoire_id, names(cohort$ill)[-(1:4)])
    expect_identical(some$settings$left_out, 4L)
    whole <- predict_quietly(cohort$x[, -(1:4)], left_out[-(1:4)], folds = 5,
        repeats = 1, max_p = 0.01, permutations = 0)
    expect_equal(some$predictions, whole$predictions)
})

test_that("samples of one person are held out together", {
    label <- rep(0:1, c(20, 16))
    subject <- paste("p", rep(1:18, each = 2))
    for (seed in 1:5) {
        fold <- withr::with_seed(seed, deal_folds(4, label, subject))
        expect_true(all(tapply(fold, subject, function(f) all(f == f[1]))))
        sizes <- table(label, fold)
        expect_true(all(apply(sizes, 1, function(n) diff(range(n)) <= 2)))
        shuffled <- withr::with_seed(seed, shuffled_labels(label, subject))
        expect_true(all(tapply(shuffled, subject, function(l) {
            all(l == l[1])
        })))
        # Before and after: labels change places within a person.
        both <- rep(0:1, 18)
        expect_true(all(tapply(withr::with_seed(seed, shuffled_labels(both,
            subject)), subject, sum) == 1))
    }
    cohort <- planted_cohort(4)
    person <- stats::setNames(rep(1:20, 3), names(cohort$ill))
    found <- predict_quietly(cohort$x, cohort$ill, subject = person, folds = 5,
        repeats = 1, max_p = 0.01, permutations = 0)
    expect_s3_class(found, "clustcr_prediction")
    split <- stats::setNames(rep(1:3, 20), names(cohort$ill))
    expect_error(predict_quietly(cohort$x, cohort$ill, folds = split,
        subject = stats::setNames(rep(1:30, each = 2), names(cohort$ill))),
        "divide samples of one subject", class = "clustcr_error_leak")
})

test_that("clusters that the samples themselves have chosen are refused", {
    cohort <- planted_cohort(5, hits = 30, share = 0.9)
    leak <- "clustcr_error_leak"
    chosen <- cohort$x[1:30, ]
    expect_error(predict_quietly(chosen, cohort$ill), "all clusters",
        class = leak)
    expect_gt(predict_quietly(chosen, cohort$ill, chosen_elsewhere = TRUE,
        permutations = 0)$auc[["auc"]], 0.8)
    result <- associateClusters(cohort$x, cohort$ill)
    expect_error(predict_quietly(result, cohort$ill), "association",
        class = leak)
    x <- cohort_clusters(cohort_folder())
    expect_error(predict_quietly(x[1:3], rep(0:1, 3)), "a part",
        class = leak)
})

test_that("a cohort of chosen clonotypes is told", {
    skip_without_shared()
    cohort <- covid_cohort()
    status <- cohort$status
    expect_error(predict_quietly(cohort$x, status, case = "COVID"),
        class = "clustcr_error_leak")
    found <- predict_quietly(cohort$x, status, case = "COVID", repeats = 1,
        permutations = 3, chosen_elsewhere = TRUE, leakage = TRUE,
        max_p = 0.001)
    # To choose among them once more, by all donors, is a leak of its own.
    expect_gt(found$auc[["auc"]], 0.6)
    expect_gt(found$leakage$auc, found$auc[["auc"]] + 0.05)
    expect_lt(mean(found$permuted), 0.6)
})

test_that("wrong arguments are told", {
    cohort <- planted_cohort(6)
    wrong <- "clustcr_error_invalid_argument"
    call <- function(...) predict_quietly(cohort$x, cohort$ill, ...)
    expect_error(call(folds = 31), "from 2 to 30", class = wrong)
    expect_error(call(folds = 1.5), "`folds`", class = wrong)
    expect_error(call(folds = rep(1, 60)), "`folds`", class = wrong)
    expect_error(call(folds = as.integer(cohort$ill == "yes")),
        class = "clustcr_error_too_few_samples")
    expect_error(call(model = "forest"), "`model`", class = wrong)
    expect_error(call(max_p = 2), "`max_p`", class = wrong)
    expect_error(call(subject = 1:3), class = "clustcr_error_samples")
})
