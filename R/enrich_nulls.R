# What leads one to expect neighbors, where there is no background of
# receptors: a model of recombination, or the user's own receptors, recombined.

null_of <- function(background, rule) {
    null <- if (inherits(background, "RecombinationModel")) "model"
        else if (identical(background, "shuffle")) "shuffle" else "receptors"
    hamming <- rule$distance == "hamming" && rule$max_distance == 1
    if (null != "receptors" && !hamming) {
        bad_argument("`distance` must be \"hamming\" and `max_distance` 1 ",
            "with a model or \"shuffle\" as `background`, not ",
            given(rule$distance), " and ", given(rule$max_distance))
    }
    null
}

refuse_pairs <- function(sample, null) {
    if (are_pairs(sample)) {
        bad_argument("`background` must be receptors for pairs, not ",
            if (null == "model") "a model" else "\"shuffle\"",
            ", which is of one chain")
    }
}

check_selection <- function(q, null, background_kind) {
    if (identical(q, "fit")) {
        if (null == "model") return(q)
        bad_argument("`q` can be \"fit\" only with a model as `background`")
    }
    synthetic <- null == "model" ||
        (null == "receptors" && background_kind == "synthetic")
    if (is.null(q)) q <- if (synthetic) 9.41 else 1
    check_number(q, "q", .Machine$double.eps)
}

# How many rows are of the same class and length as each.
same_length <- function(class, junction_aa) {
    key <- paste(class, nchar(junction_aa))
    own <- match(key, key)
    tabulate(own, length(key))[own]
}

# Of receptors of classes of `n`, of which `like` have their length too and
# `neighbors` are near.
model_expectations <- function(held, n, like, neighbors, model, rule, q,
                               threads) {
    v <- allele_sets(held[["v"]], nrow(held), model$v$name, rule$v_gene,
        "v_call")
    j <- allele_sets(held[["j"]], nrow(held), model$j$name, rule$j_gene,
        "j_call")
    known <- which(!is.na(v$set) & !is.na(j$set))
    if (length(known) < nrow(held)) {
        unknown <- unique(c(held[["v"]][is.na(v$set)],
            held[["j"]][is.na(j$set)]))
        inform("left_out", "No expectation for ", count_text(nrow(held) -
            length(known), "receptor"), " of genes that the model does not ",
            "have: ", name_some(unknown, 3L))
    }
    v <- take_sets(v, known)
    j <- take_sets(j, known)
    made <- made_of_pairs(held$junction_aa[known], v, j, model, threads)
    ball <- generation_sums(held$junction_aa[known], v, j, model, TRUE,
        threads) / made$productive
    found <- data.frame(ball_probability = rep(NA_real_, nrow(held)))
    found$selection <- rep(NA_real_, nrow(held))
    found$ball_probability[known] <- ball
    found$selection[known] <- if (identical(q, "fit")) {
        by_length <- like[known] / n[known] / (made$length / made$productive)
        by_length * fitted_scale(neighbors[known],
            n[known] * by_length * ball, held$class[known])
    } else {
        q
    }
    found$expected <- n * found$selection * found$ball_probability
    found
}

# Of each receptor: P(its genes, productive), and of its length. NA where the
# model makes nothing productive of the genes.
made_of_pairs <- function(junction_aa, v, j, model, threads) {
    length <- nchar(junction_aa)
    key <- paste(v$set, j$set)
    first <- which(!duplicated(key))
    # Nothing productive is longer than 60, in models of any chain.
    made <- productive_probabilities(model, v$sets[v$set[first]],
        j$sets[j$set[first]], max(60, length), threads)
    at <- match(key, key[first])
    productive <- rowSums(made)[at]
    productive[productive == 0] <- NA
    list(productive = productive, length = made[cbind(at, length + 1)])
}

# How many more neighbors receptors of a class have than expected, without those
# that have far more: of few, by and large as of all classes.
fitted_scale <- function(neighbors, expected, class) {
    usual <- is.finite(expected) & expected > 0
    scale <- 1
    for (round in 1:10) {
        scale <- max(sum(neighbors[usual]) / sum(expected[usual]), 1e-6)
        p <- stats::ppois(neighbors, scale * expected, lower.tail = FALSE)
        next_usual <- is.finite(expected) & expected > 0 & p > 0.001
        if (!any(next_usual) || identical(next_usual, usual)) break
        usual <- next_usual
    }
    own <- factor(class, unique(class))
    sums <- function(x) {
        as.vector(tapply(ifelse(usual, x, 0), own, sum, default = 0))
    }
    weight <- 10
    by_class <- (sums(neighbors) + weight) / (sums(expected) + weight / scale)
    by_class[as.integer(own)]
}

# CDR3s that two others of the same genes, length and inserted letters would
# make, the left half of one and the right half of the other.
shuffled_expectations <- function(sample, rows, q, threads) {
    inserted <- intersect(c("np1_length", "np2_length"), names(rows))
    key <- do.call(paste, c(list(sample$class, nchar(sample$junction_aa)),
        rows[inserted]))
    group <- match(key, unique(key))
    size <- tabulate(group)[group]
    share <- with_progress("Crossovers", cpp_crossover_shares(
        sample$junction_aa, group, threads))
    share[share < 0] <- NA
    data.frame(shuffled = size, ball_probability = share, selection = q,
        expected = (size - 1) * q * share)
}
