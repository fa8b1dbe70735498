# How samples belong together: strata, subjects, times.

# Tests that adjust for covariates, and tests that take strata.
covariate_tests <- c("logistic", "spearman", "linear", "cox")
strata_tests <- c("fisher", covariate_tests)

refuse_design <- function(test, covariates, strata, subject, time, depth) {
    choices <- function(tests) {
        paste0("\"", tests, "\"", collapse = ", ")
    }
    if (!is.null(covariates) && !test %in% covariate_tests) {
        bad_argument("`covariates` must be NULL unless `test` is one of ",
            choices(covariate_tests))
    }
    if (depth == "covariate" && !test %in% covariate_tests) {
        bad_argument("`depth` must not be \"covariate\" unless `test` is one ",
            "of ", choices(covariate_tests))
    }
    if (!is.null(strata) && !test %in% strata_tests) {
        bad_argument("`strata` must be NULL unless `test` is one of ",
            choices(strata_tests))
    }
    if (is.null(time)) return(invisible())
    if (is.null(subject)) {
        bad_argument("`subject` must say which samples are of one person if ",
            "`time` is given")
    }
    if (!test %in% c("fisher", "wilcoxon", "logistic")) {
        bad_argument("`time` must be NULL unless `test` is \"fisher\" ",
            "(McNemar's test of presence), \"wilcoxon\" (signed ranks) or ",
            "\"logistic\" (conditional logistic regression), not ",
            given(test))
    }
    if (!is.null(strata)) {
        bad_argument("`strata` must be NULL if `time` is given: subjects are ",
            "compared with themselves already")
    }
}

# list(x, sheet, phenotype, frame, strata, pairs, by_time, depth): all by
# column of the matrix of `x`, which has one for each subject where samples of
# a subject count once. `pairs` is the subject of each sample, where its times
# are compared.
association_cohort <- function(x, sheet, phenotype, covariates, strata,
                               subject, time, depth) {
    if (is.null(phenotype) == is.null(time)) {
        bad_argument("`phenotype` must be given, or `time` instead of it",
            if (!is.null(time)) ", not both")
    }
    vector_of <- function(value, name) {
        if (!is.null(value)) resolve_phenotype(value, x, sheet, name)
    }
    cohort <- list(x = x, sheet = sheet, by_time = !is.null(time))
    cohort$phenotype <- if (!is.null(time)) vector_of(time, "time")
        else association_phenotype(phenotype, x, sheet)
    cohort$frame <- resolve_covariates(covariates, x, sheet)
    cohort$strata <- resolve_strata(strata, x, sheet)
    if (depth == "covariate") cohort <- with_depth(cohort)
    subject <- vector_of(subject, "subject")
    if (is.null(subject)) return(cohort)
    subject <- id_text(subject)
    subject[!is.na(subject) & !nzchar(subject)] <- NA
    if (!is.null(time)) {
        cohort$pairs <- subject
        return(cohort)
    }
    of_subjects(cohort, subject)
}

# A vector, a data.frame of several, or survival::Surv().
association_phenotype <- function(phenotype, x, sheet) {
    n <- ncol(x$matrix)
    if (inherits(phenotype, "Surv")) {
        check_entries(nrow(phenotype), n, "phenotype")
        tell_by_place(x$samples, FALSE, "phenotype", "values")
        return(phenotype)
    }
    if (is_several(phenotype, n, sheet)) {
        return(phenotype_frame(phenotype, x, sheet))
    }
    resolve_phenotype(phenotype, x, sheet)
}

# The stratum of each sample as text; of several columns each combination.
resolve_strata <- function(strata, x, sheet) {
    if (is.null(strata)) return(NULL)
    frame <- if (is.character(strata) && length(strata) < ncol(x$matrix)) {
        as.data.frame(stats::setNames(lapply(strata, function(column) {
            sheet_column(sheet, column, "strata")
        }), strata), optional = TRUE)
    } else if (is.atomic(strata) && is.null(dim(strata))) {
        data.frame(stratum = align_vector(strata, x, "strata"))
    } else {
        strata <- as_sample_sheet(strata, "strata")
        found <- match_sheet(strata, x$samples, ncol(x$matrix), "strata",
            x$sheet)
        strata[found$at, setdiff(names(strata), c("repertoire_id", found$by)),
            drop = FALSE]
    }
    text <- lapply(frame, function(column) {
        text <- id_text(column)
        replace(text, !is.na(text) & !nzchar(text), NA)
    })
    joined <- do.call(paste, c(unname(text), sep = ", "))
    replace(joined, Reduce(`|`, lapply(text, is.na)), NA)
}

# Samples of which all is known that the test needs beside the phenotype.
complete_samples <- function(cohort) {
    complete <- rep(TRUE, ncol(cohort$x$matrix))
    frame <- cohort$frame
    if (!is.null(frame) && ncol(frame)) {
        complete <- stats::complete.cases(frame)
    }
    for (part in c("strata", "pairs")) {
        if (!is.null(cohort[[part]])) {
            complete <- complete & !is.na(cohort[[part]])
        }
    }
    complete
}

# Covariates with the strata as one more: each has an intercept of its own.
adjusted_frame <- function(cohort) {
    if (is.null(cohort$strata)) return(cohort$frame)
    with_variable(cohort$frame, "strata", factor(cohort$strata))
}

# One more variable, which a formula's terms (with its products) take up.
with_variable <- function(frame, name, value) {
    more <- stats::setNames(data.frame(value), name)
    if (is.null(frame) || !ncol(frame)) return(more)
    terms <- attr(frame, "terms")
    frame <- cbind(frame, more)
    if (!is.null(terms)) {
        formula <- stats::reformulate(c(".", name))
        attr(frame, "terms") <- stats::terms(stats::update(
            stats::formula(terms), formula))
    }
    frame
}

# Numbers by their ranks among the samples used. Of matrices, as poly() makes
# them, ranks have no meaning.
ranked_frame <- function(frame, used) {
    for (name in names(frame)) {
        value <- frame[[name]]
        if (!is.numeric(value) || !is.null(dim(value))) next
        frame[[name]] <- replace(as.numeric(value), used,
            rank(value[used]))
    }
    frame
}

# Depth as a covariate, on a logarithmic scale.
with_depth <- function(cohort) {
    depth <- cohort$x$depth
    if (any(depth <= 0)) {
        bad_argument("`depth` can't be \"covariate\": ", count_words(
            sum(depth <= 0), "sample has", "samples have"), " no cluster")
    }
    if (length(unique(depth)) < 2L) return(cohort)
    cohort$frame <- with_variable(cohort$frame, "log_depth", log(depth))
    cohort
}

# The intercept, covariates and strata of the samples used, with more samples
# than coefficients.
adjusted_base <- function(cohort, used) {
    if (length(unique(cohort$strata[used])) < 2L) cohort$strata <- NULL
    base <- covariate_base(adjusted_frame(cohort), used)
    check_coefficients(base, used)
    base
}

check_coefficients <- function(base, used) {
    if (sum(used) <= ncol(base) + 1L) {
        raise_error("too_few_samples", paste0(
            "there must be more than ", ncol(base) + 1L,
            " samples for as many coefficients (intercept, covariates and ",
            "cluster), not ", sum(used)
        ))
    }
}

# By used sample from 1 on; integer() where all are one.
stratum_numbers <- function(cohort, used) {
    strata <- if (is.null(cohort$pairs)) cohort$strata else cohort$pairs
    if (is.null(strata)) return(integer())
    strata <- strata[used]
    match(strata, sort(unique(strata), method = "radix"))
}

# The options of the core with it.
with_stratum <- function(cohort, used, options) {
    c(options, list(stratum = stratum_numbers(cohort, used)))
}

# What the covariates differ by within each pair, the first sample's minus the
# second's, as covariate_base() has them; no column without any.
pair_base <- function(cohort, used, stratum) {
    pairs <- max(stratum)
    design <- covariate_design(cohort$frame, used)
    if (!ncol(design)) return(matrix(0, pairs, 0L))
    first <- match(seq_len(pairs), stratum)
    second <- length(stratum) + 1L - match(seq_len(pairs), rev(stratum))
    columns <- design[first, , drop = FALSE] - design[second, , drop = FALSE]
    size <- sqrt(colMeans(columns^2))
    if (any(size == 0)) {
        raise_error("covariates", paste0("`covariates` must vary within ",
            "subjects if `time` is given; ", name_some(colnames(columns)[
                size == 0]), if (sum(size == 0) == 1L) " does" else " do",
            " not"))
    }
    if (pairs <= ncol(columns) + 1L) {
        raise_error("too_few_samples", paste0("there must be more than ",
            ncol(columns) + 1L, " subjects for as many coefficients ",
            "(covariates and cluster), not ", pairs))
    }
    orthogonal_base(sweep(columns, 2L, size, "/"))
}

# Samples of subjects that were seen at one time only are left out, and told.
whole_pairs <- function(groups, cohort, setting) {
    pairs <- cohort$pairs
    seen <- function(label) pairs[!is.na(groups$label) & groups$label == label]
    both <- intersect(seen(0L), seen(1L))
    alone <- !is.na(groups$label) & !pairs %in% both
    if (any(alone)) {
        inform("left_out", count_words(sum(alone), "sample", "samples"),
            " left out: of subjects with no sample at the other time")
        groups$label[alone] <- NA
    }
    if (setting$test != "fisher") {
        used <- !is.na(groups$label)
        twice <- duplicated(data.frame(pairs, groups$label)[used, ])
        if (any(twice)) {
            bad_argument("`subject` must have one sample at each time if ",
                "`test` is ", given(setting$test), "; ",
                given(pairs[used][twice][1L]), " has more")
        }
    }
    groups
}

# What print() says of it; NULL where samples stand for themselves.
design_words <- function(cohort) {
    c(
        if (!is.null(cohort$strata)) {
            paste("within", count_text(length(unique(stats::na.omit(
                cohort$strata))), "stratum") |> sub(pattern = "stratums",
                replacement = "strata"))
        },
        if (!is.null(cohort$pairs)) "within subjects",
        if (!is.null(cohort$subjects)) {
            paste("samples of one subject count once:", cohort$subjects[1L],
                "samples of", cohort$subjects[2L], "subjects")
        },
        if (!is.null(cohort$frame) && ncol(cohort$frame)) {
            paste("adjusted for", toString(names(cohort$frame)))
        }
    )
}
