# The rows of the input files with the cluster of each. The clusters are dealt
# out to a file for each repertoire first, so that no more than those of one
# are in memory.

write_airr <- function(x, folder, writer, name) {
    samples <- x@samples
    if (!is_kept(x) || is.null(samples$file)) {
        bad_argument("`format` \"airr\" needs what clusterRepertoires() ",
            "made, which knows the files")
    }
    put_together <- tempfile("clustcr-")
    dir.create(put_together)
    on.exit(unlink(put_together, recursive = TRUE))
    x <- with_readable_files(x, put_together)
    samples <- x@samples
    refuse_changed_inputs(x)
    if (!dir.exists(folder) && !dir.create(folder, FALSE, TRUE)) {
        raise_error("io", paste0("the folder '", folder, "' can't be made"))
    }
    dealt <- tempfile("clustcr-")
    dir.create(dealt)
    on.exit(unlink(dealt, recursive = TRUE), add = TRUE)
    deal_out(x, dealt)
    malformed <- 0
    names <- file_names_of(samples$repertoire_id)
    for (i in seq_len(nrow(samples))) {
        path <- file.path(folder, paste0(names[i], ".tsv.gz"))
        put_rows <- function(put) {
            malformed <<- malformed + write_sample(
                x, samples$file[i], read_dealt(dealt, i), put,
                samples$repertoire_id[i], name
            )
        }
        write_output(path, function(aside) {
            write_tables(writer, aside, TRUE, put_rows)
        })
    }
    if (malformed > 0) {
        inform("malformed", count_words(malformed, "row ends", "rows end"),
            " before the CDR3 and ", if (malformed == 1) "is" else "are",
            " not written.")
    }
}

# Names of repertoires may have what names of files can't. Each has a file of
# its own, also where the file system takes capitals for small letters.
file_names_of <- function(ids) {
    names <- gsub("^[.]|[/\\\\:*?\"<>|[:cntrl:]]", "_", ids)
    first <- order(names != ids)
    small <- small_letters(names[first])
    numbers <- substring(make.unique(small, "_"), nchar(small) + 1L)
    names[first] <- paste0(names[first], numbers)
    names
}

# Several files of a repertoire are put together once more, below `folder`.
with_readable_files <- function(x, folder) {
    reading <- c(x@parameters[intersect(parameters_of(level = "reading"),
        names(x@parameters))], list(locus = loci_of_chain(x@parameters$chain)))
    files <- unique(x@samples$file)
    paths <- vapply(files, path_of_kept, "", x@directory, reading, folder)
    x@samples$file <- unname(paths)[match(x@samples$file, files)]
    x
}

refuse_changed_inputs <- function(x) {
    inside <- files_in_store(x@directory, x@store_id)
    at <- match(x@samples$repertoire_id, inside$repertoire_id)
    for (i in which(!is.na(at))) {
        file <- x@samples$file[i]
        if (cpp_file_kind(path.expand(file)) == "pipe") {
            bad_argument("`format` can't be \"airr\" for ", shown_file(file),
                ": it is a pipe, whose rows can't be read again")
        }
        if (!file.exists(file)) {
            refuse_lost_input(file, x@samples$repertoire_id[i])
        }
        now <- file_check(file)
        if (now$size != inside$size[at[i]] ||
            now$check != inside$check[at[i]]) {
            raise_error("changed", paste0(shown_file(file), " has changed ",
                "since it was read"))
        }
    }
}

refuse_lost_input <- function(file, id) {
    parts <- named_parts(file)
    piped <- vapply(parts, cpp_file_kind, "") == "pipe"
    if (any(piped)) {
        bad_argument("`format` can't be \"airr\" for ", shown_file(
            parts[piped][1L]), ": it is a pipe, whose rows can't be read again")
    }
    if (startsWith(file, "in memory: ")) {
        raise_error("io", paste0("the receptors of repertoire ", given(id),
            " were in the memory of another session (`",
            sub("in memory: ", "", file, fixed = TRUE), "`), and AIRR tables ",
            "need their rows: write what clusterRepertoires() returns of ",
            "them with the same `directory`, or another `format`"))
    }
    lost <- if (length(parts)) parts[!file.exists(parts)] else file
    raise_error("io", paste0(
        if (length(lost) == 1L) "the file " else "the files ",
        paste(shown_file(utils::head(lost, 3L)), collapse = ", "),
        " of repertoire ", given(id),
        if (length(lost) == 1L) " is" else " are", " not there any more"
    ))
}

receptor_text <- function(table, parameters) {
    chains <- column_ends(parameters$chain)
    columns <- c("junction_aa", if (parameters$v_gene != "none") "v_call",
        if (parameters$j_gene != "none") "j_call")
    columns <- as.vector(t(outer(columns, chains, paste0)))
    do.call(paste, c(unname(lapply(columns, function(column) {
        text <- table[[column]]
        if (is.null(text)) text <- rep_len("", nrow(table))
        level <- switch(substr(column, 1, 1), v = parameters$v_gene,
            j = if (startsWith(column, "j_")) parameters$j_gene)
        if (is.null(level)) text else gene_level(text, level)
    })), sep = "\t"))
}

# A file for each repertoire: receptor and cluster.
deal_out <- function(x, folder, most = 1e6) {
    held <- list()
    rows <- 0
    put <- function() {
        all <- data.table::rbindlist(held)
        for (part in split(all, by = "sample", keep.by = TRUE)) {
            data.table::fwrite(part[, c("receptor", "cluster")],
                file.path(folder, part$sample[1L]), append = TRUE,
                sep = "\n", quote = FALSE, nThread = 1L, scipen = 999L)
        }
        held <<- list()
        rows <<- 0
    }
    walk_units(x, function(table) {
        table$receptor <- receptor_text(table, x@parameters)
        found <- by_sample(table[c("receptor", "cluster", "sample_counts")],
            seq_len(nrow(x@samples)))
        names(found)[names(found) == "repertoire_id"] <- "sample"
        held[[length(held) + 1L]] <<- found
        rows <<- rows + nrow(found)
        if (rows > most) put()
    }, "sample_counts")
    if (rows) put()
}

# list(receptor, cluster) of a repertoire; lines of the one and the other.
read_dealt <- function(folder, i) {
    file <- file.path(folder, i)
    lines <- if (file.exists(file)) readLines(file, encoding = "UTF-8")
        else character()
    odd <- rep_len(c(TRUE, FALSE), length(lines))
    list(receptor = lines[odd], cluster = lines[!odd])
}

# Puts all rows of a file; how many are malformed.
write_sample <- function(x, file, dealt, put, id, name) {
    parameters <- x@parameters
    clusters_of <- function(table) {
        dealt$cluster[match(receptor_text(table, parameters), dealt$receptor)]
    }
    # Rows without a name are of the repertoire that is called after the file.
    divided <- file %in% x@samples$file[is_divided(x@samples)]
    ids <- if (divided && !id %in% repertoires_in(file, parameters)) c(id, "")
        else id
    read_every_row(file, parameters, function(table, dropped, raw) {
        if (divided) {
            own <- table$repertoire_id %in% ids
            table <- table[own, , drop = FALSE]
            dropped <- dropped[own]
            if (!is.null(raw)) raw <- raw[own, , drop = FALSE]
        }
        cells <- is_paired(parameters$chain) &&
            !any(startsWith(names(table), "junction_aa_"))
        cluster <- if (cells) {
            clusters_of_cells(table, dropped, clusters_of,
                loci_of_chain(parameters$chain))
        } else {
            clusters_of(table)
        }
        cluster[dropped | is.na(cluster)] <- ""
        out <- if (is.null(raw)) own_columns(table, id) else raw
        names(out) <- without_cluster(names(out), name)
        out[[name]] <- cluster
        put(out)
    })
}

# What is called as the column of clusters gets a name that no other column has,
# also where the input is what this has written.
without_cluster <- function(names, name) {
    own <- names == name
    if (!any(own)) return(names)
    free <- make.unique(c(names[!own], rep(paste0(name, "_of_input"),
        sum(own))), "_")
    replace(names, own, free[seq(sum(!own) + 1L, length(names))])
}

# Where chains are in rows of their own: the two that were taken for the pair
# of a cell have its cluster.
clusters_of_cells <- function(table, dropped, clusters_of, loci) {
    pairs <- suppressMessages(pairChains(table[!dropped, , drop = FALSE], loci))
    cluster <- clusters_of(pairs)
    # A barcode is of another cell in another repertoire.
    cell <- function(x) paste(x$cell_id, x$repertoire_id, sep = "\t")
    at <- match(cell(table), cell(pairs))
    locus <- row_loci(nrow(table), table$locus, table$v_call, table$j_call,
        loci)
    sides <- paste0("junction_aa_", chain_names[loci])
    own <- ifelse(locus == loci[1L], pairs[[sides[1L]]][at],
        pairs[[sides[2L]]][at])
    found <- cluster[at]
    found[is.na(own) | own != table$junction_aa] <- NA
    found
}

# As AIRR writes them.
own_columns <- function(table, id) {
    if (!is.null(table$productive)) {
        table$productive <- c("F", "T")[table$productive + 1L]
    }
    if (is.null(table$repertoire_id)) {
        table$repertoire_id <- rep_len(id, nrow(table))
    }
    table
}

# Calls FUN(table, dropped, raw) for the parts of a file: its rows as
# readRepertoire() has them, which of them it would leave out, and of AIRR
# tables all columns as they stand.
read_every_row <- function(file, parameters, FUN) {
    p <- reading_of_bound(parameters, file)
    options <- reading_options(p$columns, NULL, loci_of_chain(p$chain),
        p$productive, p$cells_only, p$species, p$header,
        if (is.null(p$skip)) 0 else p$skip)
    options$keep_all <- TRUE
    source <- open_source(file, streamed = TRUE)
    on.exit(close_source(source))
    layout <- find_layout(source, p$format, options)
    chunk <- cohort_chunk(file, NULL, p$chain, p$memory_limit)
    # Two readers side by side: of what is meant, and of what is written.
    parts <- open_parts(source, layout, chunk)
    on.exit(parts$close(), add = TRUE)
    if (layout$format == "airr" && !all_stripped(layout)) {
        every <- open_table(source, layout, seq_len(layout$fields))
        on.exit(every$close(), add = TRUE)
    } else {
        every <- NULL
    }
    while (!is.null(part <- parts$read())) {
        raw <- if (!is.null(every)) {
            columns <- every$vectors(every$take(part$rows))
            as.data.frame(stats::setNames(columns, layout$header),
                optional = TRUE)
        }
        found <- tidy_rows(part$columns(), layout, options, file, part$line_of)
        FUN(found$table, found$dropped, raw)
    }
    parts$scan()$malformed[["rows"]]
}
