# Several phenotypes of two levels, such as the HLA alleles of donors: a logical
# matrix or a data.frame of samples and phenotypes, or names of columns of the
# sample sheet.

# Whether `phenotype` is several.
is_several <- function(phenotype, n, sheet) {
    if (is.data.frame(plain_frame(phenotype)) || is.matrix(phenotype)) {
        return(TRUE)
    }
    is.character(phenotype) && length(phenotype) > 1L &&
        length(phenotype) != n && is.null(names(phenotype)) &&
        any(phenotype %in% names(sheet))
}

# list(labels, table): an integer matrix of samples and phenotypes (1 of a case,
# 0 of a control, NA where it is not known), and a row for each phenotype, the
# columns of `frame`. Those without two groups of two samples can't be tested:
# `table` has them with `why`, `labels` has not.
resolve_phenotypes <- function(frame, case = NULL) {
    if (!is.null(case)) {
        bad_argument("`case` must be NULL for several phenotypes; the case is ",
            "TRUE, 1 or the second level of a factor, not ", given(case))
    }
    groups <- lapply(stats::setNames(nm = names(frame)), function(name) {
        phenotype_groups(frame[[name]], name)
    })
    table <- phenotype_table(groups, nrow(frame))
    tested <- !nzchar(table$why)
    if (!any(tested)) {
        raise_error("phenotype", paste0("no phenotype can be tested; ",
            given(table$phenotype[1L]), ": ", table$why[1L]))
    }
    if (!all(tested)) {
        inform("phenotypes", count_words(sum(!tested), "phenotype",
            "phenotypes"), " of ", nrow(table), " left out, such as ",
            given(table$phenotype[!tested][1L]), ": ", table$why[!tested][1L],
            ". attr(, \"summary\")$phenotypes has all of them.")
    }
    labels <- vapply(groups[tested], `[[`, integer(nrow(frame)), "label")
    list(labels = matrix(labels, nrow(frame)), table = table, tested = tested)
}

# A column for each phenotype, in the order of the samples.
phenotype_frame <- function(phenotype, x, sheet) {
    n <- ncol(x$matrix)
    if (is.character(phenotype) && is.null(dim(phenotype))) {
        columns <- lapply(phenotype, function(column) {
            sheet_column(sheet, column, "phenotype")
        })
        frame <- as.data.frame(stats::setNames(columns, phenotype),
            optional = TRUE)
        return(unique_columns(frame))
    }
    if (is.matrix(phenotype)) {
        if (is.null(colnames(phenotype))) {
            colnames(phenotype) <- paste0("phenotype", seq_len(ncol(phenotype)))
        }
        phenotype <- as.data.frame(phenotype, optional = TRUE)
    }
    phenotype <- unique_columns(plain_frame(phenotype))
    found <- match_sheet(phenotype, x$samples, n, "phenotype", x$sheet)
    columns <- setdiff(names(phenotype), c("repertoire_id", found$by))
    if (!length(columns)) {
        bad_argument("`phenotype` must have a column for each phenotype ",
            "beside the names of samples, not none")
    }
    phenotype[found$at, columns, drop = FALSE]
}

unique_columns <- function(frame) {
    twice <- unique(names(frame)[duplicated(names(frame))])
    if (length(twice)) {
        bad_argument("`phenotype` must name each phenotype once; ",
            name_some(twice), " is there more than once")
    }
    frame
}

# As as_case_labels() gives it; one level only is no error among several.
phenotype_groups <- function(value, name) {
    known <- value[!is.na(value)]
    if (is.character(known)) known <- known[nzchar(known)]
    if (is.logical(value)) {
        return(list(label = as.integer(value), levels = c("FALSE", "TRUE")))
    }
    if (is.numeric(value) && all(known %in% 0:1)) {
        return(list(label = as.integer(value), levels = c("0", "1")))
    }
    if (length(unique(as.character(known))) < 2L) {
        return(list(label = ifelse(is.na(value), NA, 0L),
            levels = c(as.character(known[1L]), NA)))
    }
    as_case_labels(value, name = name)
}

phenotype_table <- function(groups, samples) {
    count <- function(label) {
        vapply(groups, function(group) sum(group$label == label, na.rm = TRUE),
            0L, USE.NAMES = FALSE)
    }
    level <- function(i) {
        vapply(groups, function(group) group$levels[i], "", USE.NAMES = FALSE)
    }
    table <- data.frame(phenotype = names(groups), case = level(2L),
        control = level(1L), n_case = count(1L), n_control = count(0L))
    table$left_out <- samples - table$n_case - table$n_control
    few <- pmin(table$n_case, table$n_control) < 2L
    table$why <- ifelse(few, paste0("cases and controls must be two or more, ",
        "not ", table$n_case, " and ", table$n_control), "")
    table
}
