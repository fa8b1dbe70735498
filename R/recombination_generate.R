# Draw receptors of a model of recombination: man/generateReceptors.Rd.
generateReceptors <- function(n, model, seed = 42, usage = NULL, keep = NULL,
                              output = NULL, nucleotides = FALSE,
                              n_cpus = 1) {
    n <- check_number(n, "n", 0, 2^52, whole = TRUE)
    model <- check_model(model)
    seed <- check_number(seed, "seed", 0, .Machine$integer.max, whole = TRUE)
    nucleotides <- check_flag(nucleotides, "nucleotides")
    if (!is.null(keep) && !is.function(keep)) {
        bad_argument("`keep` must be a function or NULL, not ", given(keep))
    }
    draw <- drawn_source(n, model, seed, wanted_usage(usage, model), keep,
        nucleotides, check_threads(n_cpus))
    if (is.null(output)) {
        if (n > .Machine$integer.max) {
            bad_argument("`n` must be ", plain_numbers(.Machine$integer.max),
                " or less without `output`, not ", given(n))
        }
        parts <- list(drawn_receptors(empty_draw, model, nucleotides))
        draw(function(rows) parts[[length(parts) + 1L]] <<- rows)
        return(as.data.frame(data.table::rbindlist(parts)))
    }
    put_receptors(output, draw)
}

# Rows at a time. Fixed: which numbers a function `keep` sees together must not
# depend on the machine.
draw_rows <- 2^18

empty_draw <- list(junction = character(), junction_aa = character(),
    v_call = integer(), j_call = integer())

# A function that calls take(rows) with one part after the other.
drawn_source <- function(n, model, seed, usage, keep, nucleotides,
                            threads) {
    function(take) {
        first <- 0
        left <- n
        barren <- 0
        while (left > 0) {
            # With a filter, how many it takes is not known.
            rows <- if (is.null(keep)) min(left, draw_rows) else draw_rows
            part <- drawn_receptors(cpp_generate_receptors(model, first, rows,
                seed, usage$v, usage$j, usage$weight, nucleotides, threads),
                model, nucleotides)
            part <- kept_rows(part, keep, seed, first)
            first <- first + rows
            barren <- if (nrow(part)) 0 else barren + 1
            if (barren == 40) {
                bad_argument("`keep` must keep some receptors, and it kept ",
                    "none of ", plain_numbers(barren * draw_rows))
            }
            part <- utils::head(part, left)
            left <- left - nrow(part)
            if (nrow(part)) take(part)
        }
    }
}

drawn_receptors <- function(drawn, model, nucleotides) {
    rows <- data.frame(junction_aa = drawn$junction_aa,
        v_call = model$v$name[drawn$v_call],
        j_call = model$j$name[drawn$j_call])
    if (nucleotides) rows$junction <- drawn$junction
    rows
}

# Of a probability a row is kept as often as it says.
kept_rows <- function(rows, keep, seed, first) {
    if (is.null(keep)) return(rows)
    chosen <- keep(rows)
    ok <- (is.logical(chosen) || is.numeric(chosen)) &&
        length(chosen) == nrow(rows) && !anyNA(chosen) &&
        all(chosen >= 0 & chosen <= 1)
    if (!ok) {
        bad_argument("`keep` must return TRUE or FALSE, or a probability, for ",
            "each row, without NA; it returned ", given(chosen))
    }
    if (is.numeric(chosen)) {
        block <- first / draw_rows
        own <- (seed + 7919 * (block + 1)) %% .Machine$integer.max
        chosen <- with_own_seed(own, stats::runif(nrow(rows))) < chosen
    }
    rows <- rows[chosen, , drop = FALSE]
    rownames(rows) <- NULL
    rows
}

# The wanted choices of V and J as sets of alleles, with weights.
wanted_usage <- function(usage, model) {
    if (is.null(usage)) {
        return(list(v = list(), j = list(), weight = numeric()))
    }
    usage <- plain_frame(usage)
    if (!is.data.frame(usage) || !nrow(usage)) {
        bad_argument("`usage` must be a data.frame with rows, not ",
            given(usage))
    }
    check_columns(usage, c("v_call", "j_call"), "usage")
    weight <- if ("weight" %in% names(usage)) usage$weight
        else rep_len(1, nrow(usage))
    if (!is.numeric(weight) || !all(is.finite(weight) & weight >= 0) ||
        sum(weight) == 0) {
        bad_argument("`usage` must have a `weight` of 0 or more in each row, ",
            "and one above 0")
    }
    v <- allele_sets(usage$v_call, nrow(usage), model$v$name, "allele",
        "v_call")
    j <- allele_sets(usage$j_call, nrow(usage), model$j$name, "allele",
        "j_call")
    possible <- !is.na(v$set) & !is.na(j$set)
    possible[possible] <- possible_pairs(model, take_sets(v, possible),
        take_sets(j, possible))
    if (!all(possible)) {
        inform("left_out", "`usage`: ", count_text(sum(!possible), "row"),
            " of ", shown_number(nrow(usage)), " left out, with ",
            shown_number(sum(weight[!possible])), " of ",
            shown_number(sum(weight)),
            " of the weight: the model makes nothing productive of ",
            name_some(paste(usage$v_call, usage$j_call)[!possible], 3L))
    }
    if (sum(weight[possible]) == 0) {
        bad_argument("`usage` must have a row that the model can make")
    }
    list(v = v$sets[v$set[possible]], j = j$sets[j$set[possible]],
        weight = weight[possible])
}

possible_pairs <- function(model, v, j) {
    pairs <- pair_probabilities(model)
    pairs[!model$v$functional, ] <- 0
    pairs[, !model$j$functional] <- 0
    vapply(seq_along(v$set), function(i) {
        sum(pairs[v$sets[[v$set[i]]], j$sets[[j$set[i]]]]) > 0
    }, NA)
}

# Into a file, or the store of a Clustering. Returns what was given, invisibly.
put_receptors <- function(output, draw) {
    if (methods::is(output, "Clustering")) {
        part <- 0
        draw(function(rows) {
            part <<- part + 1
            output$batch_precluster(rows, sprintf("generated-%06d", part))
        })
        return(invisible(output))
    }
    path <- absolute_path(output, "output")
    check_place(path, "output")
    writer <- table_writer(
        if (grepl("[.]csv([.]gz)?$", path)) "csv" else "tsv")
    write_output(path, function(aside) {
        write_tables(writer, aside, is_packed(path), draw)
    })
    invisible(output)
}
