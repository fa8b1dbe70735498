# What is known of each sample: the sheet, the phenotype, the covariates, in
# the order of the columns of a cluster matrix.

# `sheet` with its rows in the order of `samples`. Its own names of samples are
# the column `repertoire_id` or the row names; without any, rows and samples
# are in the same order.
align_sheet <- function(sheet, samples, n, name) {
    if (inherits(sheet, "DataFrame")) {
        sheet <- as.data.frame(sheet, optional = TRUE)
    }
    if (!is.data.frame(sheet)) {
        bad_argument("`", name, "` must be a data.frame with a row for each ",
            "sample, not ", given(sheet))
    }
    ids <- sheet[["repertoire_id"]]
    # Row names that are numbers only are R's own.
    if (is.null(ids) && is.character(attr(sheet, "row.names"))) {
        ids <- rownames(sheet)
    }
    sheet[match_samples(ids, nrow(sheet), samples, n, name), , drop = FALSE]
}

# The places in something with `length` entries called `ids` of the `n`
# samples of the matrix.
match_samples <- function(ids, length, samples, n, name) {
    if (is.null(ids) || is.null(samples)) {
        if (length != n) {
            raise_error("samples", paste0(
                "`", name, "` must have an entry for each of the ", n,
                " samples of `x`, not ", length
            ))
        }
        return(seq_len(n))
    }
    ids <- as.character(ids)
    twice <- unique(c(ids[duplicated(ids)], samples[duplicated(samples)]))
    refuse_samples(twice, "is there more than once", "are there more than once",
        name)
    refuse_samples(setdiff(ids, samples), "is not in `x`", "are not in `x`",
        name)
    refuse_samples(setdiff(samples, ids),
        paste0("of `x` is not in `", name, "`"),
        paste0("of `x` are not in `", name, "`"), name)
    match(samples, ids)
}

refuse_samples <- function(which, is, are, name) {
    if (length(which) == 0L) return(invisible())
    raise_error("samples", paste0(
        "the samples of `", name, "` and of `x` must be the same: ",
        name_some(which), " ", if (length(which) == 1L) is else are
    ))
}

# "a", "b" and 3 more.
name_some <- function(names, most = 5L) {
    shown <- paste0("\"", encodeString(utils::head(names, most)), "\"",
        collapse = ", ")
    more <- length(names) - most
    if (more > 0L) paste0(shown, " and ", more, " more") else shown
}

sheet_column <- function(sheet, column, name) {
    if (is.null(sheet)) {
        bad_argument(
            "`", name, "` must be a vector with a value for each sample; a ",
            "name (", given(column), ") needs a sample sheet (`sample_data`, ",
            "or the colData of a SummarizedExperiment)"
        )
    }
    if (!column %in% names(sheet)) {
        bad_argument(
            "`", name, "` must be a column of the sample sheet (",
            paste0("`", names(sheet), "`", collapse = ", "), "), not ",
            given(column)
        )
    }
    sheet[[column]]
}

# list(label, levels): of each sample 1 for the second of the two levels
# ("case"), 0 for the first ("control"), NA where there is none.
as_case_labels <- function(phenotype, name = "phenotype") {
    if (is.factor(phenotype)) {
        levels <- levels(droplevels(phenotype))
        value <- as.character(phenotype)
    } else {
        value <- phenotype
        if (is.character(value)) value[!nzchar(value)] <- NA
        levels <- sort(unique(value[!is.na(value)]), method = "radix")
    }
    if (length(levels) != 2L) {
        raise_error("phenotype", paste0(
            "`", name, "` must have two levels, not ", length(levels),
            if (length(levels)) {
                paste0(" (", name_some(as.character(levels)), ")")
            } else {
                paste0("; all ", length(value), " values are missing")
            }
        ))
    }
    list(
        label = match(value, levels) - 1L,
        levels = as.character(levels)
    )
}

# Of each sample a value; `value` is a vector or a column's name.
resolve_phenotype <- function(value, samples, n, sheet, name = "phenotype") {
    if (is.character(value) && length(value) == 1L && n != 1L) {
        return(sheet_column(sheet, value, name))
    }
    if (!is.atomic(value) || is.null(value) || !is.null(dim(value))) {
        bad_argument(
            "`", name, "` must be a vector with a value for each sample, or ",
            "the name of a column of the sample sheet, not ", given(value)
        )
    }
    unname(value[match_samples(names(value), length(value), samples, n, name)])
}

# A data.frame with a row for each sample; NULL where there are no covariates.
# A formula's variables are columns of the sheet, or vectors where it was made.
resolve_covariates <- function(covariates, samples, n, sheet) {
    if (is.null(covariates)) return(NULL)
    if (inherits(covariates, "formula")) {
        return(formula_frame(covariates, n, sheet))
    }
    if (is.character(covariates) && length(covariates) < n) {
        columns <- lapply(covariates, function(column) {
            sheet_column(sheet, column, "covariates")
        })
        return(as.data.frame(stats::setNames(columns, covariates),
            optional = TRUE))
    }
    if (is.atomic(covariates) && is.null(dim(covariates))) {
        at <- match_samples(names(covariates), length(covariates), samples, n,
            "covariates")
        return(data.frame(covariate = unname(covariates)[at]))
    }
    if (is.matrix(covariates)) covariates <- as.data.frame(covariates)
    frame <- align_sheet(covariates, samples, n, "covariates")
    frame[setdiff(names(frame), "repertoire_id")]
}

formula_frame <- function(formula, n, sheet) {
    if (length(formula) != 2L) {
        bad_argument("`covariates` must be a formula without a left side, ",
            "such as ~ age + sex, not ", deparse1(formula))
    }
    unknown <- setdiff(all.vars(formula), c(names(sheet), "."))
    unknown <- unknown[!vapply(unknown, exists, NA,
        envir = environment(formula))]
    if (length(unknown)) {
        bad_argument(
            "`covariates` must name columns of the sample sheet; ",
            name_some(unknown), if (length(unknown) == 1L) " is" else " are",
            " none"
        )
    }
    frame <- stats::model.frame(formula, sheet, na.action = stats::na.pass)
    if (!is.null(stats::model.offset(frame))) {
        bad_argument("`covariates` must not have an offset")
    }
    if (nrow(frame) != n && ncol(frame) > 0L) {
        raise_error("samples", paste0(
            "`covariates` must have an entry for each of the ", n,
            " samples of `x`, not ", nrow(frame)
        ))
    }
    frame
}

# The intercept and the covariates of the samples `used`, made orthogonal and
# of mean square 1, which keeps what they span.
covariate_base <- function(frame, used) {
    n <- sum(used)
    columns <- matrix(1, n, 1L)
    if (!is.null(frame) && ncol(frame) > 0L) {
        frame <- droplevels(frame[used, , drop = FALSE])
        refuse_constant(frame)
        terms <- attr(frame, "terms")
        formula <- if (is.null(terms)) ~ . else stats::formula(terms)
        design <- stats::model.matrix(formula, frame)
        design <- design[, colnames(design) != "(Intercept)", drop = FALSE]
        # Ages and counts on one scale, so that none is taken for rounding.
        columns <- cbind(columns, scale(design))
        decomposed <- qr(columns)
        if (decomposed$rank < ncol(columns)) {
            aliased <- decomposed$pivot[-seq_len(decomposed$rank)]
            raise_error("covariates", paste0(
                "`covariates` must not determine each other; ",
                name_some(colnames(columns)[aliased]),
                " follows from the others"
            ))
        }
    }
    qr.Q(qr(columns)) * sqrt(n)
}

refuse_constant <- function(frame) {
    constant <- vapply(frame, function(x) {
        nrow(unique(as.data.frame(x))) < 2L
    }, NA)
    if (any(constant)) {
        raise_error("covariates", paste0(
            "`covariates` must vary among the samples; ",
            name_some(names(frame)[constant]),
            if (sum(constant) == 1L) " is" else " are", " constant"
        ))
    }
}
