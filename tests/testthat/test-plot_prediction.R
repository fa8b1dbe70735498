# A prediction whose scores are known.
known_prediction <- function(repeats = 1) {
    found <- withr::with_seed(1, {
        x <- matrix(stats::rbinom(400 * 40, 1, 0.2), 400)
        x[1:8, 1:20] <- stats::rbinom(160, 1, 0.8)
        dimnames(x) <- list(NULL, paste0("s", 1:40))
        ill <- stats::setNames(rep(c("ill", "well"), each = 20), colnames(x))
        predictPhenotype(x, ill, case = "ill", folds = 5, repeats = repeats,
            max_p = 0.01, permutations = 3)
    })
}

test_that("the curve has the area of the AUC", {
    skip_without()
    found <- known_prediction()
    plot <- plotRoc(found)
    built(plot)
    curve <- plot$data
    area <- sum(diff(curve$false_positive) * (utils::head(
        curve$true_positive, -1) + curve$true_positive[-1]) / 2)
    expect_equal(area, found$auc[["auc"]])
    expect_match(plot$labels$caption, paste0("AUC ",
        two_digits(found$auc[["auc"]])), fixed = TRUE)
    several <- known_prediction(3)
    mean <- plotRoc(several)
    built(mean)
    curve <- mean$data
    area <- sum(diff(curve$false_positive) * (utils::head(
        curve$true_positive, -1) + curve$true_positive[-1]) / 2)
    expect_equal(area, several$auc[["auc"]], tolerance = 0.01)
    # Equal scores are one step.
    tied <- roc_curve(c(1, 1, 0, 0), c(TRUE, FALSE, TRUE, FALSE))
    expect_equal(tied$false_positive, c(0, 0.5, 1))
    expect_equal(tied$true_positive, c(0, 0.5, 1))
    expect_error(plotRoc(1), "`x`", class = "clustcr_error_invalid_argument")
})

test_that("calibration counts each sample once", {
    skip_without()
    found <- known_prediction()
    plot <- plotCalibration(found, bins = 4)
    built(plot)
    expect_equal(sum(plot$data$n), 40)
    expect_equal(sum(plot$data$n * plot$data$observed), 20)
    expect_true(all(plot$data$low <= plot$data$observed + 1e-12 &
        plot$data$observed <= plot$data$high + 1e-12))
    # Wilson's limits are those of prop.test() without correction.
    i <- 1
    limits <- suppressWarnings(stats::prop.test(plot$data$observed[i] *
        plot$data$n[i], plot$data$n[i], correct = FALSE)$conf.int)
    expect_equal(c(plot$data$low[i], plot$data$high[i]), as.vector(limits))
    same <- found
    same$predictions$probability <- 0.5
    expect_identical(nrow(plotCalibration(same)$data), 1L)
})

test_that("power is drawn by effect and carriers", {
    skip_without()
    found <- associationPower(c(50, 100, 200), c(0.05, 0.2), c(2, 5), 100)
    plot <- plotPower(found)
    built(plot)
    expect_identical(nrow(plot$data), 12L)
    expect_identical(levels(plot$data$panel), c("5 % of controls",
        "20 % of controls"))
    expect_nothing(plotPower(associationPower(carriers = 0.1, effect = 1,
        tests = 10)), "no number of donors has this power")
    expect_error(plotPower(found, 2), "`target`",
        class = "clustcr_error_invalid_argument")
})
