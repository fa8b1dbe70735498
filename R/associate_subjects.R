# Samples of one person made one: presence in any of them, the mean of values.

of_subjects <- function(cohort, subject) {
    known <- !is.na(subject)
    if (!all(known)) {
        inform("left_out", count_words(sum(!known), "sample", "samples"),
            " left out: without `subject`")
    }
    # A phenotype that a sheet tells once is its subject's.
    silent <- sum(known & !has_phenotype(cohort$phenotype) &
        subject %in% subject[known & has_phenotype(cohort$phenotype)])
    if (silent) {
        inform("phenotypes", count_words(silent, "sample has", "samples have"),
            " the phenotype of another sample of the subject, as none is ",
            "given for ", if (silent == 1) "it." else "them.")
    }
    names <- sort(unique(subject[known]), method = "radix")
    own <- match(subject, names)
    cohort$subjects <- c(sum(known), length(names))
    cohort$own <- own
    cohort$x$samples <- names
    cohort$x$matrix <- cohort_matrix(cohort, cohort$x$matrix)
    cohort$x$depth <- cohort_depth(cohort, cohort$x$depth)
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

# Of several phenotypes any.
has_phenotype <- function(phenotype) {
    if (is.data.frame(phenotype)) {
        return(Reduce(`|`, lapply(phenotype, has_phenotype)))
    }
    known <- !is.na(phenotype)
    if (is.character(phenotype)) known & nzchar(phenotype) else known
}

# Samples that no test has seen: those of nobody, and those of subjects without
# a `label`. Of several phenotypes, which have no one label, those of no test.
count_left_out <- function(cohort, label = NULL) {
    own <- cohort$own
    seen <- if (is.null(label)) has_phenotype(cohort$phenotype)
        else !is.na(label)
    if (!is.null(own)) seen <- seen[own]
    sum(!seen %in% TRUE)
}

# What is counted.
unit_word <- function(about) {
    joined <- any(startsWith(as.character(about$design), "samples of one"))
    if (joined) "subject" else "sample"
}

# Of a matrix by sample one by the cohort's columns: subjects, where it has any.
cohort_matrix <- function(cohort, matrix) {
    own <- cohort$own
    if (is.null(own)) return(matrix)
    n <- length(cohort$x$samples)
    used <- which(!is.na(own))
    size <- tabulate(own[used], n)
    joined <- Matrix::sparseMatrix(i = used, j = own[used],
        x = rep(1, length(used)), dims = c(length(own), n))
    matrix <- as(matrix %*% joined, "CsparseMatrix")
    matrix@x <- if (cohort$x$value == "presence") as.numeric(matrix@x > 0)
        else matrix@x / rep(size, diff(matrix@p))
    matrix
}

cohort_depth <- function(cohort, depth) {
    if (is.null(cohort$own) || is.null(depth)) return(depth)
    subject_means(depth, cohort$own, length(cohort$x$samples))
}

subject_means <- function(value, own, n, ...) {
    as.vector(tapply(value, factor(own, seq_len(n)), mean, ...))
}

# One value for each subject: what its samples say, as far as they say it. Of
# covariates that are numbers the mean.
subject_values <- function(value, own, names, name) {
    first <- match(seq_along(names), ifelse(is.na(value), NA, own))
    if (inherits(value, "Surv")) {
        text <- paste(as.matrix(value)[, 1L], as.matrix(value)[, 2L])
    } else if (name == "covariates" && is.numeric(value)) {
        return(subject_means(value, own, length(names), na.rm = TRUE))
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
