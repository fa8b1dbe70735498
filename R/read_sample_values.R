# What is known of each sample beside a sheet: phenotypes and covariates as
# vectors, in the order of the columns of a cluster matrix `x` (list(matrix,
# samples, sheet)).

# Of each sample a value; `value` is a vector or the name of a column of
# `sheet`.
resolve_phenotype <- function(value, x, sheet, name = "phenotype") {
    n <- ncol(x$matrix)
    if (is.character(value) && length(value) == 1L && n != 1L) {
        return(trimmed_values(sheet_column(sheet, value, name)))
    }
    if (!is.atomic(value) || is.null(value) || !is.null(dim(value))) {
        bad_argument(
            "`", name, "` must be a vector with a value for each sample, or ",
            "the name of a column of the sample sheet, not ", given(value)
        )
    }
    trimmed_values(align_vector(value, x, name))
}

# By names where there are some; else by place, which is told.
align_vector <- function(value, x, name) {
    n <- ncol(x$matrix)
    named <- !is.null(names(value))
    if (named && !is.null(x$samples)) {
        return(unname(value[match_ids(names(value), x$samples, name)]))
    }
    check_entries(length(value), n, name)
    if (!named) refuse_shuffled(value, x$sheet, name)
    tell_by_place(x$samples, named, name, "values")
    unname(value)
}

# The values of a column of the object's own sheet, but of other samples.
refuse_shuffled <- function(value, own, name) {
    text <- id_text(value)
    if (length(unique(text[!is.na(text)])) < 2L) return(invisible())
    columns <- lapply(Filter(is.atomic, as.list(own)), id_text)
    if (any(vapply(columns, identical, NA, text))) return(invisible())
    sorted <- sort(text, method = "radix")
    shuffled <- vapply(columns, function(column) {
        identical(sort(column, method = "radix"), sorted)
    }, NA)
    if (!any(shuffled)) return(invisible())
    raise_error("samples", paste0(
        "`", name, "` has no names of samples, and the values of `",
        names(columns)[which(shuffled)[1L]], "` of the sheet that `x` has in ",
        "another order. Name the values by sample, or give the column's name"
    ))
}

# A data.frame with a row for each sample; NULL where there are no covariates.
# A formula's variables are columns of the sheet, or vectors where it was made.
resolve_covariates <- function(covariates, x, sheet) {
    if (is.null(covariates)) return(NULL)
    frame <- covariate_frame(covariates, x, sheet)
    frame[] <- lapply(frame, trimmed_values)
    frame
}

covariate_frame <- function(covariates, x, sheet) {
    n <- ncol(x$matrix)
    if (inherits(covariates, "formula")) {
        return(formula_frame(covariates, x, sheet))
    }
    if (is.character(covariates) && length(covariates) < n) {
        columns <- lapply(covariates, function(column) {
            sheet_column(sheet, column, "covariates")
        })
        return(as.data.frame(stats::setNames(columns, covariates),
            optional = TRUE))
    }
    if (is.atomic(covariates) && is.null(dim(covariates))) {
        return(data.frame(covariate = align_vector(covariates, x,
            "covariates")))
    }
    if (is.matrix(covariates)) covariates <- as.data.frame(covariates)
    covariates <- as_sample_sheet(covariates, "covariates")
    found <- match_sheet(covariates, x$samples, n, "covariates", x$sheet)
    columns <- setdiff(names(covariates), c("repertoire_id", found$by))
    covariates[found$at, columns, drop = FALSE]
}

formula_frame <- function(formula, x, sheet) {
    n <- ncol(x$matrix)
    if (length(formula) != 2L) {
        bad_argument("`covariates` must be a formula without a left side, ",
            "such as ~ age + sex, not ", deparse1(formula))
    }
    others <- setdiff(all.vars(formula), c(names(sheet), "."))
    # `~ time` is no function of R's.
    unknown <- others[vapply(others, function(name) {
        found <- get0(name, environment(formula))
        is.null(found) || is.function(found)
    }, NA)]
    if (length(unknown)) {
        bad_argument(
            "`covariates` must name columns of the sample sheet; ",
            name_some(unknown), if (length(unknown) == 1L) " is" else " are",
            " none"
        )
    }
    formula <- with_vectors(formula, others, x)
    frame <- stats::model.frame(formula, sheet, na.action = stats::na.pass)
    if (!is.null(stats::model.offset(frame))) {
        bad_argument("`covariates` must not have an offset")
    }
    if (ncol(frame) > 0L) check_entries(nrow(frame), n, "covariates")
    frame
}

# The formula, with the vectors that it names beside the sheet in the order of
# the samples.
with_vectors <- function(formula, others, x) {
    vectors <- mget(others, envir = environment(formula), inherits = TRUE)
    # One value, such as the place of a knot, is not of samples.
    vectors <- Filter(function(value) {
        is.atomic(value) && is.null(dim(value)) && length(value) > 1L
    }, vectors)
    vectors <- Map(function(value, name) align_vector(value, x, name),
        vectors, names(vectors))
    if (length(vectors)) {
        environment(formula) <- list2env(vectors,
            parent = environment(formula))
    }
    formula
}

# The intercept and the covariates of the samples `used`, made orthogonal and
# of mean square 1, which keeps what they span.
covariate_base <- function(frame, used) {
    design <- covariate_design(frame, used)
    # Ages and counts on one scale, so that none is taken for rounding.
    if (ncol(design)) design <- scale(design)
    orthogonal_base(cbind(rep(1, sum(used)), design))
}

# The columns of a model of the samples `used`, without the intercept.
covariate_design <- function(frame, used) {
    if (is.null(frame) || ncol(frame) == 0L) return(matrix(0, sum(used), 0L))
    frame <- droplevels(frame[used, , drop = FALSE])
    refuse_constant(frame)
    terms <- attr(frame, "terms")
    formula <- if (is.null(terms)) ~ . else stats::formula(terms)
    design <- stats::model.matrix(formula, frame)
    design[, colnames(design) != "(Intercept)", drop = FALSE]
}

orthogonal_base <- function(columns) {
    if (ncol(columns) == 0L) return(columns)
    decomposed <- qr(columns)
    if (decomposed$rank < ncol(columns)) {
        aliased <- decomposed$pivot[-seq_len(decomposed$rank)]
        raise_error("covariates", paste0(
            "`covariates` must not determine each other; ",
            name_some(colnames(columns)[aliased]),
            " follows from the others"
        ))
    }
    qr.Q(decomposed) * sqrt(nrow(columns))
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
