# Who is held out with whom, and shuffled labels.

# list(fold, given): a column for each repeat, folds from 1. `folds` is a
# number, or what each sample's fold is.
prediction_folds <- function(folds, repeats, label, subject, x, sheet) {
    if (is.numeric(folds) && length(folds) == 1L) {
        folds <- check_folds(folds, label, subject)
        return(list(given = FALSE, fold = vapply(seq_len(repeats), function(i) {
            deal_folds(folds, label, subject)
        }, integer(length(label)))))
    }
    value <- id_text(resolve_phenotype(folds, x, sheet, "folds"))[x$used]
    if (anyNA(value)) {
        bad_argument("`folds` must be there for all samples with a phenotype; ",
            "it is missing for ", sum(is.na(value)))
    }
    names <- sort(unique(value), method = "radix")
    fold <- match(value, names)
    check_given_folds(fold, names, label, subject)
    list(given = TRUE, fold = matrix(fold))
}

check_folds <- function(folds, label, subject) {
    once <- !duplicated(subject)
    smallest <- min(table(factor(label[once], 0:1)))
    what <- if (anyDuplicated(subject)) "subjects" else "samples"
    if (smallest < 2) {
        raise_error("too_few_samples", paste0("each group must have two ",
            what, " or more to hold any out"))
    }
    if (!isTRUE(folds == floor(folds) && folds >= 2 && folds <= smallest)) {
        bad_argument("`folds` must be a whole number from 2 to ", smallest,
            ", the number of ", what, " of the smaller group, or name the ",
            "fold of each sample, not ", given(folds))
    }
    folds
}

check_given_folds <- function(fold, names, label, subject) {
    if (length(names) < 2L) {
        bad_argument("`folds` must have two different values or more, not ",
            name_some(names))
    }
    for (f in seq_along(names)) {
        left <- table(factor(label[fold != f], 0:1))
        if (min(left) >= 2L) next
        raise_error("too_few_samples", paste0("without the fold ",
            given(names[f]), " there must be two samples or more of each ",
            "group to learn from, not ", min(left)))
    }
    split <- vapply(split(fold, subject), function(f) any(f != f[1L]), NA)
    if (any(split)) {
        raise_error("leak", paste0("`folds` must not divide samples of one ",
            "subject: those of ", name_some(names(split)[split]), " are in ",
            "several folds, and who was learned from would be predicted"))
    }
}

# Subjects of each group in turn to all folds, so that groups and folds are
# balanced; samples of a subject stay together.
deal_folds <- function(folds, label, subject) {
    once <- which(!duplicated(subject))
    fold <- integer(length(once))
    dealt <- 0L
    for (group in 0:1) {
        own <- which(label[once] == group)
        own <- own[sample.int(length(own))]
        turn <- (dealt + seq_along(own) - 1) %% folds
        fold[own] <- as.integer(turn) + 1L
        dealt <- dealt + length(own)
    }
    fold[match(subject, subject[once])]
}

# Labels of others: of another subject where a subject has one label, of
# another sample of the same subject where it has both.
shuffled_labels <- function(label, subject) {
    groups <- split(seq_along(label), match(subject, unique(subject)))
    mixed <- vapply(groups, function(i) any(label[i] != label[i[1L]]), NA)
    if (any(mixed)) {
        for (i in groups) label[i] <- label[i][sample.int(length(i))]
        return(label)
    }
    of <- label[vapply(groups, `[`, 0L, 1L)]
    of <- of[sample.int(length(of))]
    of[match(subject, unique(subject))]
}

# Of each sample the log odds, by models that have not seen it.
fold_scores <- function(burden, fold, label, depth, model) {
    score <- numeric(length(label))
    for (f in seq_len(ncol(burden))) {
        out <- fold == f
        odds <- learn_burden(burden[!out, f], depth[!out], label[!out], model)
        score[out] <- odds(burden[out, f], depth[out])
    }
    score
}
