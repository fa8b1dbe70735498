# Samples of one person made one: presence in any of them, the mean of values.

of_subjects <- function(cohort, subject) {
    known <- !is.na(subject)
    if (!all(known)) {
        inform("left_out", count_words(sum(!known), "sample", "samples"),
            " left out: without `subject`")
    }
    names <- sort(unique(subject[known]), method = "radix")
    own <- match(subject, names)
    cohort$subjects <- c(sum(known), length(names))
    cohort$x$matrix <- subject_matrix(cohort$x, own, length(names))
    cohort$x$depth <- as.vector(tapply(cohort$x$depth, factor(own,
        seq_along(names)), mean))
    cohort$x$samples <- names
    frame_of <- function(frame, name) {
        if (is.null(frame)) return(NULL)
        terms <- attr(frame, "terms")
        found <- as.data.frame(lapply(frame, subject_values, own, names, name),
            optional = TRUE)
        attr(found, "terms") <- terms
        found
    }
    cohort$phenotype <- if (is.data.frame(cohort$phenotype)) {
        frame_of(cohort$phenotype, "phenotype")
    } else {
        subject_values(cohort$phenotype, own, names, "phenotype")
    }
    cohort$frame <- frame_of(cohort$frame, "covariates")
    if (!is.null(cohort$strata)) {
        cohort$strata <- subject_values(cohort$strata, own, names, "strata")
    }
    cohort["sheet"] <- list(NULL)
    cohort
}

subject_matrix <- function(x, own, n) {
    used <- which(!is.na(own))
    size <- tabulate(own[used], n)
    joined <- Matrix::sparseMatrix(i = used, j = own[used],
        x = rep(1, length(used)), dims = c(length(own), n))
    matrix <- as(x$matrix %*% joined, "CsparseMatrix")
    matrix@x <- if (x$value == "presence") as.numeric(matrix@x > 0)
        else matrix@x / rep(size, diff(matrix@p))
    matrix
}

# One value for each subject: what its samples say, as far as they say it. Of
# covariates that are numbers the mean.
subject_values <- function(value, own, names, name) {
    first <- match(seq_along(names), ifelse(is.na(value), NA, own))
    if (inherits(value, "Surv")) {
        text <- paste(as.matrix(value)[, 1L], as.matrix(value)[, 2L])
    } else if (name == "covariates" && is.numeric(value)) {
        return(as.vector(tapply(value, factor(own, seq_along(names)), mean,
            na.rm = TRUE)))
    } else {
        text <- id_text(value)
    }
    other <- !is.na(own) & !is.na(value) & text != text[first][own]
    if (any(other)) {
        raise_error("phenotype", paste0("`", name, "` must be one for all ",
            "samples of a subject; ", given(names[own[which(other)[1L]]]),
            " has ", name_some(unique(text[own %in% own[which(other)[1L]]])),
            if (name == "phenotype") {
                ". What changes within subjects is given as `time`"
            }))
    }
    value[first]
}
