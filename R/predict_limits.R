# The area under the ROC curve and its limits.

# The probability that a case has more than a control, with DeLong's limits: by
# the test of associateClusters(), of one row.
auc_of <- function(score, label, conf_level = 0.95) {
    if (length(unique(score)) < 2L) {
        return(c(auc = 0.5, conf_low = NA, conf_high = NA))
    }
    row <- Matrix::sparseMatrix(i = rep(1L, length(score)),
        j = seq_along(score), x = rank(score), dims = c(1L, length(score)))
    found <- test_rows(row, label, "wilcoxon", plain_options(conf_level))
    c(auc = found$estimate, conf_low = found$conf_low,
        conf_high = found$conf_high)
}

# Subjects are divided into so many parts, so often, and each part is left out
# once. Parts are large, as what passes a threshold does not change smoothly
# with a subject or two (Shao and Wu 1989).
limit_parts <- 3L
limit_divisions <- 6L
fewest_for_limits <- 6

# A column for each division: of each sample its part. NULL of too few subjects.
limit_groups <- function(label, subject) {
    smallest <- min(table(factor(label[!duplicated(subject)], 0:1)))
    if (smallest < fewest_for_limits) return(NULL)
    vapply(seq_len(limit_divisions), function(i) {
        deal_folds(limit_parts, label, subject)
    }, integer(length(label)))
}

# The whole prediction again without each part: clusters are chosen, models
# learned and folds predicted by the others. NULL where that can't be done.
areas_without <- function(plans, label, depth, x, settings, threads) {
    if (is.null(plans$group)) return(NULL)
    real <- which(plans$set == 0L)
    left_out <- lapply(seq_len(limit_divisions), function(i) {
        lapply(seq_len(limit_parts), function(g) plans$group[, i] == g)
    })
    areas <- lapply(unlist(left_out, recursive = FALSE), function(out) {
        rest <- !out
        # A fold may be gone with it.
        fold <- apply(plans$fold[rest, real, drop = FALSE], 2L, function(f) {
            match(f, sort(unique(f)))
        })
        if (!can_learn(fold, label[rest])) return(NULL)
        found <- cpp_fold_burdens(x$matrix,
            match(seq_len(ncol(x$matrix)), x$used[rest]),
            matrix(label[rest], nrow(fold), ncol(fold)), fold, 0,
            settings$max_p, settings$min_samples, threads)
        mean(vapply(seq_along(real), function(p) {
            score <- fold_scores(found$plans[[p]]$burden, fold[, p],
                label[rest], depth[rest], settings$model)
            auc_of(score, label[rest])[["auc"]]
        }, 0))
    })
    if (any(vapply(areas, is.null, NA))) NULL else unlist(areas)
}

# Whether without any fold there are two samples of each class, in two folds.
can_learn <- function(fold, label) {
    all(apply(fold, 2L, function(own) {
        counts <- table(factor(label, 0:1), own)
        ncol(counts) > 1L && min(rowSums(counts) - counts) >= 2L
    }))
}

# The mean AUC with limits by the jackknife of parts, which knows that other
# donors would have chosen other clusters; but no narrower than if the models
# were given.
with_limits <- function(auc, without, label, conf_level) {
    if (is.null(without)) return(c(auc = auc, conf_low = NA, conf_high = NA))
    error <- sqrt((limit_parts - 1) * mean((without - mean(without))^2))
    reach <- stats::qt((1 + conf_level) / 2, length(without) - 1) * error
    given <- limits_of_given(auc, sum(label == 1L), sum(label == 0L),
        conf_level)
    c(auc = auc, conf_low = max(0, min(auc - reach, given[1L])),
        conf_high = min(1, max(auc + reach, given[2L])))
}

# The areas that an observed one is not too far from, each by its own error
# (Newcombe 2006, method 5): so an area of 1 has limits, too.
limits_of_given <- function(auc, cases, controls, conf_level) {
    quantile <- stats::qnorm((1 + conf_level) / 2)
    mean_size <- (cases + controls) / 2 - 1
    off <- function(area) {
        error <- sqrt(area * (1 - area) * (1 + mean_size * ((1 - area) /
            (2 - area) + area / (1 + area))) / (cases * controls))
        abs(auc - area) - quantile * error
    }
    root <- function(end, near) {
        if (off(end) <= 0) return(end)
        stats::uniroot(off, sort(c(end, near)), tol = 1e-10)$root
    }
    # At 0 and 1 there is no error, but near them there is.
    c(root(0, min(auc, 1 - 1e-9)), root(1, max(auc, 1e-9)))
}
