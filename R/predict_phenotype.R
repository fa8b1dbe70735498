# Predict a phenotype by cross-validation: man/predictPhenotype.Rd.
predictPhenotype <- function(x, phenotype, folds = 10, repeats = 5,
                             model = c("beta_binomial", "logistic"),
                             max_p = 1e-4, min_samples = 2, permutations = 20,
                             subject = NULL, leakage = FALSE,
                             chosen_elsewhere = FALSE, seed = 42, n_cpus = 1,
                             samples = NULL, conf_level = 0.95, case = NULL,
                             assay = 1) {
    model <- check_choice(model, "model", prediction_models)
    settings <- list(
        repeats = check_number(repeats, "repeats", 1, 1e4, TRUE),
        model = model, max_p = check_number(max_p, "max_p", 0, 1),
        min_samples = check_number(min_samples, "min_samples", 1, 2^31, TRUE),
        permutations = check_number(permutations, "permutations", 0, 1e5, TRUE),
        leakage = check_flag(leakage, "leakage"),
        seed = check_number(seed, "seed", 0, .Machine$integer.max, TRUE),
        conf_level = check_number(conf_level, "conf_level", 0.01, 0.9999)
    )
    threads <- check_threads(n_cpus)
    settings$chosen_elsewhere <- check_flag(chosen_elsewhere,
        "chosen_elsewhere")
    if (!chosen_elsewhere) refuse_chosen(x)
    x <- tested_matrix(x, NULL, "fisher", assay)
    sheet <- align_sheet(samples, x$samples, ncol(x$matrix), "samples",
        x$sheet)
    groups <- as_case_labels(resolve_phenotype(phenotype, x, sheet), case)
    tell_unknown_case(groups)
    check_group_sizes(groups)
    x$used <- which(!is.na(groups$label))
    label <- groups$label[x$used]
    by_subject <- !is.null(subject)
    subject <- prediction_subjects(subject, x, sheet)
    if (by_subject) settings$subjects <- length(unique(subject))
    if (!chosen_elsewhere) refuse_leak(x, groups$label, threads)
    plans <- prediction_plans(folds, settings, label, subject, x, sheet)
    found <- with_progress("Predicting", cpp_fold_burdens(x$matrix,
        match(seq_len(ncol(x$matrix)), x$used), plans$label, plans$fold,
        plans$repeats, settings$max_p, settings$min_samples, threads))
    # As tests count, a value above zero.
    depth <- Matrix::colSums(x$matrix > 0)[x$used]
    settings$repeats <- plans$repeats
    without <- with_progress("Leaving a third out", areas_without(plans, label,
        depth, x, settings, threads))
    prediction(found, plans, depth, x, groups, label, settings, without)
}

# One name for each sample; itself without subjects.
prediction_subjects <- function(subject, x, sheet) {
    if (is.null(subject)) return(seq_along(x$used))
    found <- id_text(resolve_phenotype(subject, x, sheet, "subject"))[x$used]
    alone <- is.na(found)
    replace(found, alone, paste("sample", which(alone)))
}

# Clusters that somebody has chosen.
refuse_chosen <- function(x) {
    what <- if (inherits(x, c("clustcr_association",
        "clustcr_receptor_association"))) {
        "a result of an association"
    } else if (methods::is(x, "Clusters") && !is.null(chosen_clusters(x))) {
        "a part of the clusters"
    }
    if (is.null(what)) return(invisible())
    raise_error("leak", paste0("`x` must have all clusters, not ", what,
        ": if they were chosen by the phenotype of these samples, any AUC is ",
        "too large. If other samples have chosen them, say so by ",
        "`chosen_elsewhere = TRUE`"))
}

# The smallest number of clusters by which a choice is told.
fewest_to_tell <- 20

# A matrix does not say who has chosen its rows, but where half of all that
# could go with the phenotype do, somebody has.
refuse_leak <- function(x, label, threads) {
    found <- test_rows(x$matrix, label, "fisher", threads = threads)
    n <- found$n_case + found$n_control
    limits <- cpp_fisher_limits(sum(label == 1L, na.rm = TRUE),
        sum(label == 0L, na.rm = TRUE), 0.05)
    carriers <- seq_along(limits$many) - 1L
    able <- (limits$many <= carriers | limits$few >= 0L)[n + 1L]
    share <- mean(found$p_value[able] <= 0.05)
    if (sum(able) < fewest_to_tell || share < 0.5) return(invisible())
    raise_error("leak", paste0("`x` must have all clusters, not those that ",
        "were chosen by the phenotype: ", percent_words(share), " of its ",
        shown_number(sum(able)), " clusters that can go with it do (p of at ",
        "most 0.05). If other samples have chosen them, say so by ",
        "`chosen_elsewhere = TRUE`"))
}

percent_words <- function(share) paste0(shown_number(round(100 * share)), " %")

# list(label, fold, set, repeats, given, group): a column for each repeat, of
# the labels (set 0) and then of each shuffle of them (set 1, 2, ...); and the
# parts of the samples that are left out for the limits, NULL without.
prediction_plans <- function(folds, settings, label, subject, x, sheet) {
    divide <- function(label) {
        prediction_folds(folds, settings$repeats, label, subject, x, sheet)
    }
    with_own_seed(settings$seed, {
        real <- divide(label)
        shuffled <- lapply(seq_len(settings$permutations), function(i) {
            label <- shuffled_labels(label, subject)
            list(label = label, fold = if (real$given) real$fold else
                divide(label)$fold)
        })
        group <- limit_groups(label, subject)
    })
    n <- ncol(real$fold)
    labels <- c(list(label), lapply(shuffled, `[[`, "label"))
    list(
        label = do.call(cbind, lapply(labels, matrix, length(label), n)),
        fold = do.call(cbind, c(list(real$fold), lapply(shuffled, `[[`,
            "fold"))),
        set = rep(seq_along(labels) - 1L, each = n),
        repeats = n, given = real$given, group = group
    )
}

prediction <- function(found, plans, depth, x, groups, label, settings,
                       without) {
    scores <- function(which, leak = FALSE) {
        vapply(which, function(p) {
            of <- found$plans[[p]]
            burden <- if (!leak) of$burden else matrix(of$all_burden,
                length(label), ncol(of$burden))
            fold_scores(burden, plans$fold[, p], plans$label[, p], depth,
                settings$model)
        }, numeric(length(label)))
    }
    real <- which(plans$set == 0L)
    score <- scores(real)
    # Of each set of labels the mean over its repeats.
    areas <- function(which, score) {
        area <- vapply(seq_along(which), function(i) {
            auc_of(score[, i], plans$label[, which[i]])[["auc"]]
        }, 0)
        as.vector(tapply(area, plans$set[which], mean))
    }
    shuffled <- which(plans$set > 0L)
    leak <- if (settings$leakage) {
        list(auc = areas(real, scores(real, TRUE)),
            permuted = areas(shuffled, scores(shuffled, TRUE)))
    }
    single <- apply(score, 2L, function(one) auc_of(one, label)[["auc"]])
    # Of probabilities, for a model without any doubt is often a poor one.
    probability <- stats::plogis(score)
    structure(list(
        predictions = prediction_rows(found, plans, rowMeans(probability),
            depth, x, groups, label),
        auc = with_limits(mean(single), without, label, settings$conf_level),
        repeats = single,
        permuted = areas(shuffled, scores(shuffled)),
        depth_auc = auc_of(depth, label, settings$conf_level),
        leakage = leak, folds = fold_rows(found, plans),
        features = chosen_features(found, plans, x), scores = probability,
        settings = c(settings, list(folds = max(plans$fold[, 1L]),
            given_folds = plans$given, case = groups$levels[2L],
            control = groups$levels[1L], case_known = groups$known,
            n_case = sum(label == 1L), n_control = sum(label == 0L),
            left_out = sum(is.na(groups$label)),
            clusters = nrow(x$matrix)))
    ), class = "clustcr_prediction")
}

# Burdens by the choice that did not see the sample, over repeats.
prediction_rows <- function(found, plans, share, depth, x, groups, label) {
    own <- vapply(seq_len(plans$repeats), function(p) {
        fold <- plans$fold[, p]
        found$plans[[p]]$burden[cbind(seq_along(fold), fold)] + 0
    }, numeric(length(label)))
    names <- if (is.null(x$samples)) as.character(x$used)
        else x$samples[x$used]
    data.frame(repertoire_id = names, phenotype = groups$levels[label + 1L],
        case = label == 1L, probability = share, burden = rowMeans(own),
        clusters = as.integer(depth))
}

fold_rows <- function(found, plans) {
    real <- seq_len(plans$repeats)
    folds <- lapply(found$plans[real], function(of) seq_along(of$chosen))
    at <- rep(real, lengths(folds))
    fold <- unlist(folds)
    data.frame(
        `repeat` = at, fold = fold,
        n_test = mapply(function(p, f) sum(plans$fold[, p] == f), at, fold),
        chosen = unlist(lapply(found$plans[real], `[[`, "chosen")),
        check.names = FALSE
    )
}

# The clusters that any fold has chosen, the most often chosen first.
chosen_features <- function(found, plans, x) {
    folds <- sum(vapply(found$plans[seq_len(plans$repeats)], function(of) {
        length(of$chosen)
    }, 0L))
    by_all <- found$plans[[1L]]$all_chosen
    at <- union(which(found$times_chosen > 0L), by_all)
    at <- at[order(-found$times_chosen[at], at)]
    with_identity(data.frame(cluster = x$cluster[at],
        share_of_folds = found$times_chosen[at] / folds,
        by_all = at %in% by_all), if (!is.null(x$identity)) {
        identity_within(x$identity, x$cluster[at])
    })
}

print.clustcr_prediction <- function(x, n = 10, ...) {
    say_lines(prediction_lines(x))
    if (nrow(x$features)) {
        cat("Clusters that folds chose most often:\n")
        print_table(utils::head(as.data.frame(x$features), n),
            row.names = FALSE, digits = 3, ...)
        more <- nrow(x$features) - n
        if (more > 0) cat("... and", count_text(more, "cluster"), "more\n")
    }
    invisible(x)
}

prediction_lines <- function(x) {
    of <- x$settings
    chosen <- x$folds$chosen
    strwrap(c(
        paste0("Prediction of \"", of$case, "\" (", of$n_case,
            " samples) against \"", of$control, "\" (", of$n_control, ")",
            if (of$left_out) paste0(", ", of$left_out, " left out"), ": ",
            of$folds, if (of$given_folds) " given", " folds",
            if (!of$given_folds) paste0(", ", count_text(of$repeats,
                "repeat"))),
        if (isFALSE(of$case_known)) unknown_case,
        paste0("Model: ", sub("_", "-", of$model), " burden of clusters with ",
            "Fisher's p of at most ", format(of$max_p), ", chosen anew in ",
            "each fold among ", shown_number(of$clusters)),
        paste0("AUC ", auc_words(x$auc, of$conf_level),
            if (length(x$repeats) > 1L) paste0("; single repeats ",
                range_words(x$repeats))),
        permuted_words(x),
        paste0("Depth (clusters in a sample) alone: ",
            auc_words(x$depth_auc, of$conf_level)),
        paste0("Chosen in a fold: ", shown_number(stats::median(chosen)),
            " clusters (", range_words(chosen, 0L), "); by all samples ",
            sum(x$features$by_all)),
        if (any(chosen == 0L)) paste0(shown_number(sum(chosen == 0L)), " of ",
            count_text(length(chosen), "fold"), " chose none, and predict ",
            "the share of cases"),
        prediction_settings(of), leakage_words(x)
    ), 80, exdent = 4)
}

# What is not as it would be by itself, and not said elsewhere.
prediction_settings <- function(of) {
    words <- c(
        if (!is.null(of$subjects)) paste("samples of one of",
            count_text(of$subjects, "subject"), "held out together"),
        if (isTRUE(of$chosen_elsewhere)) "clusters chosen by other samples",
        if (of$min_samples != 2) paste("min_samples =",
            plain_numbers(of$min_samples)),
        if (of$seed != 42) paste("seed =", plain_numbers(of$seed)))
    if (length(words)) paste("Settings:", toString(words))
}

two_digits <- function(x) formatC(x, digits = 2L, format = "f")

auc_words <- function(auc, conf_level) {
    if (is.na(auc[["conf_low"]])) return(two_digits(auc[["auc"]]))
    paste0(two_digits(auc[["auc"]]), " (", shown_number(100 * conf_level),
        " % limits ", two_digits(auc[["conf_low"]]), " to ",
        two_digits(auc[["conf_high"]]), ")")
}

range_words <- function(x, digits = 2L) {
    paste(formatC(range(x), digits = digits, format = "f", big.mark = ","),
        collapse = " to ")
}

permuted_words <- function(x) {
    n <- length(x$permuted)
    if (!n) return(NULL)
    p <- (1 + sum(x$permuted >= x$auc[["auc"]])) / (1 + n)
    paste0("With shuffled labels: ", two_digits(mean(x$permuted)), " (",
        count_text(n, "shuffle"), ", ", range_words(x$permuted), "; p ",
        format(signif(p, 2)), ")")
}

leakage_words <- function(x) {
    if (is.null(x$leakage)) return(NULL)
    paste0("If all samples had chosen the clusters, a leak: ",
        two_digits(x$leakage$auc), if (length(x$leakage$permuted)) {
            paste0(", and ", two_digits(mean(x$leakage$permuted)),
                " with shuffled labels")
        })
}
