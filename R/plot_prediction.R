# Plot how well a phenotype is predicted: man/plotRoc.Rd.
plotRoc <- function(x) {
    need_ggplot2("`plotRoc()`")
    check_prediction(x)
    case <- x$predictions$case
    single <- lapply(seq_len(ncol(x$scores)), function(i) {
        cbind(roc_curve(x$scores[, i], case), `repeat` = i)
    })
    several <- length(single) > 1L
    curve <- if (several) mean_curve(single) else single[[1L]]
    of <- x$settings
    ggplot2::ggplot(curve, ggplot2::aes(.data$false_positive,
        .data$true_positive)) +
        ggplot2::geom_abline(slope = 1, intercept = 0, colour = "grey60",
            linetype = 2) +
        (if (several) ggplot2::geom_path(ggplot2::aes(
            group = .data[["repeat"]]), do.call(rbind, single),
        colour = other_palette[["unknown"]])) +
        ggplot2::geom_path(colour = group_palette[1L], linewidth = 1.1) +
        ggplot2::coord_equal(xlim = 0:1, ylim = 0:1) +
        ggplot2::scale_x_continuous(labels = axis_percent) +
        ggplot2::scale_y_continuous(labels = axis_percent) +
        ggplot2::labs(
            x = wrapped(paste0("Of ", of$n_control, " \"", short_names(
                of$control, 30L), "\" called \"", short_names(of$case, 30L),
            "\""), 40L),
            y = wrapped(paste0("Of ", of$n_case, " \"", short_names(of$case,
                30L), "\" found"), 30L),
            caption = wrapped(roc_note(x))
        ) + theme_clusters()
}

check_prediction <- function(x) {
    if (!inherits(x, "clustcr_prediction")) {
        bad_argument("`x` must be a result of predictPhenotype(), not ",
            given(x))
    }
}

# From none to all, equal scores at one go.
roc_curve <- function(score, case) {
    order <- order(-score)
    score <- score[order]
    case <- case[order]
    last <- c(score[-1L] != score[-length(score)], TRUE)
    data.frame(
        false_positive = c(0, cumsum(!case)[last] / sum(!case)),
        true_positive = c(0, cumsum(case)[last] / sum(case)),
        score = c(Inf, score[last])
    )
}

# The mean of the true positives at each share of false ones: its area is the
# mean of the areas.
mean_curve <- function(curves, points = 200L) {
    at <- (seq_len(points) - 0.5) / points
    true <- vapply(curves, curve_at, numeric(points), at)
    data.frame(false_positive = c(0, 0, at, 1, 1),
        true_positive = c(0, rowMeans(true)[c(1L, seq_len(points), points)], 1))
}

# Between the straight rises of a curve.
curve_at <- function(curve, at) {
    x <- unique(curve$false_positive)
    own <- match(curve$false_positive, x)
    low <- as.vector(tapply(curve$true_positive, own, min))
    high <- as.vector(tapply(curve$true_positive, own, max))
    i <- findInterval(at, x)
    high[i] + (low[i + 1L] - high[i]) * (at - x[i]) / (x[i + 1L] - x[i])
}

roc_note <- function(x) {
    paste0("AUC ", auc_words(x$auc, x$settings$conf_level),
        if (length(x$permuted)) {
            paste0("; with shuffled labels ", two_digits(mean(x$permuted)))
        },
        "; depth alone ", two_digits(x$depth_auc[["auc"]]),
        if (!is.null(x$leakage)) {
            paste0("; a leak would give ", two_digits(x$leakage$auc))
        })
}

plot.clustcr_prediction <- function(x, ...) drawn(plotRoc(x, ...))

# Plot whether probabilities are what they say: man/plotRoc.Rd.
plotCalibration <- function(x, bins = 10) {
    need_ggplot2("`plotCalibration()`")
    check_prediction(x)
    bins <- check_number(bins, "bins", 1, 100, TRUE)
    table <- calibration_bins(x$predictions, bins)
    case <- short_names(x$settings$case, 30L)
    ggplot2::ggplot(table, ggplot2::aes(.data$predicted, .data$observed)) +
        ggplot2::geom_abline(slope = 1, intercept = 0, colour = "grey60",
            linetype = 2) +
        ggplot2::geom_linerange(ggplot2::aes(ymin = .data$low,
            ymax = .data$high), colour = "grey50") +
        ggplot2::geom_point(ggplot2::aes(size = .data$n), shape = 21,
            fill = group_palette[1L], colour = "white") +
        ggplot2::scale_size_area(name = "samples", max_size = 7,
            breaks = whole_breaks(table$n)) +
        ggplot2::scale_x_continuous(labels = axis_percent, limits = 0:1) +
        ggplot2::scale_y_continuous(labels = axis_percent, limits = 0:1) +
        ggplot2::guides(size = ggplot2::guide_legend(override.aes = list(
            fill = "grey40"))) +
        ggplot2::labs(x = wrapped(paste0("Predicted probability of \"", case,
            "\""), 40L), y = wrapped(paste0("Samples that are \"", case, "\""),
            30L), caption = wrapped(paste0("Limits: Wilson's, 95 %; ",
            count_text(nrow(x$predictions), "sample"), ", each predicted by ",
            "models that have not seen it"))) +
        theme_clusters()
}

# Groups of about equal size by their probability, equal ones together.
calibration_bins <- function(rows, bins) {
    cuts <- unique(stats::quantile(rows$probability, seq(0, 1, 1 / bins),
        type = 1, names = FALSE))
    bin <- findInterval(rows$probability, cuts, rightmost.closed = TRUE,
        left.open = TRUE)
    sum_of <- function(values) as.vector(rowsum(values + 0, bin))
    n <- sum_of(rep(1, nrow(rows)))
    observed <- sum_of(rows$case) / n
    # Wilson (1927).
    z <- stats::qnorm(0.975)
    middle <- (observed + z^2 / (2 * n)) / (1 + z^2 / n)
    half <- z / (1 + z^2 / n) * sqrt(observed * (1 - observed) / n +
        z^2 / (4 * n^2))
    data.frame(predicted = sum_of(rows$probability) / n, observed = observed,
        low = pmax(0, middle - half), high = pmin(1, middle + half), n = n)
}
