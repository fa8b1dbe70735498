# Genes of receptors as sets of a model's alleles.

# `sets`: places of alleles, the first of them all; `set`: the place of each
# row's set among them, NA where the model knows none of its genes. Rows that
# name no gene may have any. At the level "allele" a name means what it says:
# an allele itself, a gene all its alleles.
allele_sets <- function(calls, n, known, level, name) {
    everything <- list(seq_along(known))
    if (is.null(calls) || level == "none") {
        return(list(set = rep_len(1L, n), sets = everything))
    }
    calls <- as_text_column(calls, name, "the receptors")
    if (length(calls) == 1L) calls <- rep_len(calls, n)
    if (length(calls) != n) {
        bad_argument("`", name, "` must have an element for each of ",
            "`junction_aa` (", plain_numbers(n), "), or one for all, not ",
            plain_numbers(length(calls)))
    }
    calls[is.na(calls)] <- ""
    distinct <- unique(calls)
    choices <- gene_choices(as_valid(distinct))
    found <- lapply(choices, alleles_of, level, known)
    any <- lengths(choices) == 0L
    found[any] <- everything
    keys <- vapply(found, paste, "", collapse = " ")
    sets <- c(everything, found[lengths(found) > 0L & !duplicated(keys)])
    at <- match(keys, vapply(sets, paste, "", collapse = " "))
    list(set = at[match(calls, distinct)], sets = sets)
}

alleles_of <- function(choices, level, known) {
    wanted <- unique(at_level(choices, level))
    if (level != "allele") return(which(at_level(known, level) %in% wanted))
    whole <- wanted[!grepl("*", wanted, fixed = TRUE)]
    which(known %in% wanted | at_level(known, "gene") %in% whole)
}

# P(V, J) of each pair of sets.
set_probabilities <- function(model, v, j) {
    pairs <- pair_probabilities(model)
    found <- unique(data.frame(v = v$set, j = j$set))
    p <- vapply(seq_len(nrow(found)), function(i) {
        sum(pairs[v$sets[[found$v[i]]], j$sets[[found$j[i]]]])
    }, 0)
    p[match(paste(v$set, j$set), paste(found$v, found$j))]
}
