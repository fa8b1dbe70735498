# Find receptors with more neighbors than expected: man/neighborEnrichment.Rd.
neighborEnrichment <- function(data, background,
                               background_kind = c("real", "synthetic"),
                               q = NULL, min_neighbors = 3, pseudocount = 1,
                               n_cpus = 1) {
    background_kind <- check_choice(background_kind, "background_kind",
        c("real", "synthetic"))
    if (is.null(q)) q <- if (background_kind == "synthetic") 9.41 else 1
    q <- check_number(q, "q", .Machine$double.eps)
    min_neighbors <- check_number(min_neighbors, "min_neighbors", 1,
        whole = TRUE)
    pseudocount <- check_number(pseudocount, "pseudocount", 0)
    threads <- check_threads(n_cpus)

    sample <- vj_receptors(data, "data")
    rows <- as.data.frame(data)[sample$row, , drop = FALSE]
    rownames(rows) <- NULL
    classes <- unique(sample$class)
    held <- unique(sample[c("junction_aa", "class")])
    own <- match(do.call(paste, sample[c("junction_aa", "class")]),
        do.call(paste, held))
    within <- count_neighbours(held, sample, classes, threads)
    outside <- 0
    background_size <- integer(length(classes))
    for (fetch in background_parts(background)) {
        part <- vj_receptors(fetch(), "background")
        outside <- outside + count_neighbours(held, part, classes, threads)
        background_size <- background_size + class_sizes(part$class, classes)
    }
    class <- match(sample$class, classes)
    found <- neighbour_statistics(
        D = within[own] - 1, n = class_sizes(sample$class, classes)[class],
        b = outside[own], N = background_size[class], q, pseudocount
    )
    found$p_value[found$neighbors < min_neighbors] <- NA
    found$q_value <- adjusted_for(found$p_value, sum(!is.na(found$expected)))
    cbind(rows[setdiff(names(rows), names(found))], found)
}

# The model of the test, as published.
neighbour_statistics <- function(D, n, b, N, q, pseudocount = 0) {
    expected <- n * q * (b + pseudocount) / N
    expected[N == 0] <- NA
    data.frame(
        neighbors = D, class_size = n, background_neighbors = b,
        background_size = N, expected = expected,
        p_value = stats::ppois(D, expected, lower.tail = FALSE)
    )
}

# What was not tested for having few neighbours was looked at all the same.
adjusted_for <- function(p_value, n) {
    q_value <- p_value
    tested <- !is.na(p_value)
    q_value[tested] <- stats::p.adjust(p_value[tested], "BH",
        n = max(n, sum(tested)))
    q_value
}

# The rows that can be tested: `row`, `junction_aa`, `class`.
vj_receptors <- function(data, name) {
    data <- plain_frame(data)
    if (!is.data.frame(data)) {
        bad_argument(
            "`", name, "` must be a data.frame",
            if (name == "background") " or paths of files",
            ", not ", given(data)
        )
    }
    check_columns(data, c("junction_aa", "v_call", "j_call"), name)
    junction_aa <- as_text_column(data[["junction_aa"]], "junction_aa", name)
    genes <- lapply(c("v_call", "j_call"), function(column) {
        without_allele(as_text_column(data[[column]], column, name))
    })
    valid <- cpp_sequence_problems(junction_aa, longest_sequence) == 0L
    named <- !is.na(genes[[1L]]) & nzchar(genes[[1L]]) &
        !is.na(genes[[2L]]) & nzchar(genes[[2L]])
    if (!all(valid & named)) {
        inform(
            "left_out", "`", name, "`: ", sum(!(valid & named)), " of ",
            count_text(length(valid), "row"), " left out (", sum(!valid),
            " without a valid sequence, ", sum(valid & !named),
            " without V or J gene)"
        )
    }
    row <- which(valid & named)
    data.frame(
        row = row, junction_aa = junction_aa[row],
        class = paste(genes[[1L]][row], genes[[2L]][row])
    )
}

# Functions that give a part of the background each.
background_parts <- function(background) {
    if (!is.character(background)) return(list(function() background))
    if (length(background) == 0L || anyNA(background)) {
        bad_argument("`background` must be a data.frame or paths of files, ",
            "not ", given(background))
    }
    lapply(background, function(file) function() readCdr3(file))
}

class_sizes <- function(class, classes) {
    tabulate(match(class, classes), length(classes))
}

count_neighbours <- function(held, others, classes, threads) {
    class <- match(others$class, classes)
    there <- which(!is.na(class))
    cpp_count_neighbours(
        held$junction_aa, match(held$class, classes),
        others$junction_aa[there], class[there], longest_sequence, threads
    )
}
