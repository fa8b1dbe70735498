# The members of clusters as the page of exploreClusters() holds them: in parts
# of some ten thousand rows, each one JSON text that is read when a cluster of
# it is chosen.

# Small enough that what does not fit is little, and not very many.
rows_of_part <- function(n) min(30000, max(1000, n / 20))

# list(json, part, place, cut, without, largest_without, chains, columns): the
# texts of the parts that fit into `room` bytes; of each cluster its part and
# place in it (from 0, -1 where left out). `members` as explorer_members() gives
# them; `rule` links them.
fit_members <- function(members, table, rule, room) {
    n <- nrow(table$rows)
    order <- members_order(members, table, room)
    rank <- integer(n)
    rank[order] <- seq_along(order)
    members <- members[rank[members$row] > 0, , drop = FALSE]
    members <- members[order(rank[members$row], method = "radix"), ,
        drop = FALSE]
    links <- linked_pairs(members, rule, 1L)
    parts <- split_parts(members$row)
    genes <- gene_codes(members)
    chains <- member_chains(members)
    part <- place <- rep(-1L, n)
    json <- character()
    for (i in seq_along(parts)) {
        rows <- parts[[i]]
        own <- unique(members$row[rows])
        text <- part_json(members, rows, links, genes, chains)
        room <- room - nchar(text, "bytes") - 60
        if (room < 0) break
        json[i] <- text
        part[own] <- i - 1L
        place[own] <- seq_along(own) - 1L
    }
    size <- table$rows$size
    list(
        json = json, part = part, place = place, genes = genes$names,
        chains = names(chains), cut = sum(part >= 0L & size > most_members),
        without = sum(part < 0L),
        largest_without = if (any(part < 0L & !table$first))
            max(size[part < 0L & !table$first]) else NA,
        columns = intersect(c("v_call", "j_call", "duplicate_count",
            "sample_counts"), names(members))
    )
}

# Clusters in the order in which they get room: those of interest, then the
# larger ones; as many as may fit, by what their rows take at least.
members_order <- function(members, table, room) {
    each <- nchar(members$junction_aa, "bytes") + 8
    if (!is.null(members$sample_counts)) {
        each <- each + nchar(members$sample_counts, "bytes")
    }
    bytes <- numeric(nrow(table$rows))
    bytes[sort(unique(members$row))] <- rowsum(each, members$row)
    order <- order(!table$first, -table$rows$size, method = "radix")
    order[cumsum(bytes[order]) <= room]
}

# Rows by parts, whole clusters each.
split_parts <- function(row) {
    if (!length(row)) return(list())
    ends <- c(which(row[-1L] != row[-length(row)]), length(row))
    number <- (ends - 1) %/% rows_of_part(length(row))
    last <- ends[!duplicated(number, fromLast = TRUE)]
    Map(seq.int, c(1L, last[-length(last)] + 1L), last)
}

# list(names, v_call, j_call): each name once, and its number from 0.
gene_codes <- function(members) {
    names <- unique(c(members$v_call, members$j_call))
    list(names = I(as.character(names)),
        v_call = match(members$v_call, names) - 1L,
        j_call = match(members$j_call, names) - 1L)
}

# CDR3s by chain.
member_chains <- function(members) {
    text <- members$junction_aa
    if (!any(grepl(chain_separator, text, fixed = TRUE))) {
        return(list(junction_aa = text))
    }
    stats::setNames(split_chains(text),
        paste0("junction_aa_", sides_of_pairs(members)))
}

part_json <- function(members, rows, links, genes, chains) {
    row <- members$row[rows]
    own <- rle(row)
    first <- rows[cumsum(c(1L, own$lengths))[seq_along(own$lengths)]]
    inside <- links$index_from >= rows[1L] & links$index_from <=
        rows[length(rows)]
    cluster <- match(members$row[links$index_from[inside]], own$values)
    order <- order(cluster)
    cluster <- cluster[order]
    # From 0 within the cluster.
    end <- function(index) index[inside][order] - first[cluster]
    column <- function(x) I(if (is.null(x)) list() else x[rows])
    value <- c(
        lapply(chains, function(x) paste(x[rows], collapse = " ")),
        list(
            row = I(own$values - 1L), n = I(own$lengths),
            v_call = column(if (!is.null(members$v_call)) genes$v_call),
            j_call = column(if (!is.null(members$j_call)) genes$j_call),
            duplicate_count = column(members$duplicate_count),
            sample_counts = if (is.null(members$sample_counts)) ""
                else paste(members$sample_counts[rows], collapse = ";"),
            links = I(tabulate(cluster, length(own$values))),
            from = I(end(links$index_from)), to = I(end(links$index_to))
        )
    )
    explorer_json(value)
}

# As a list that is an object in JSON, also where it is empty.
named_list <- function(x, FUN) {
    if (!length(x)) return(structure(list(), names = character()))
    lapply(x, function(one) I(FUN(one)))
}

# The facts that the page needs of all, and the parts, as elements.
explorer_payload <- function(table, members, sheet) {
    rows <- table$rows
    shown <- members$columns
    groups <- sheet_groups(sheet)
    with_samples <- nrow(sheet) > 0L && "sample_counts" %in% shown
    columns <- names(rows)
    first_group <- paste0("sheet:", names(groups)[1L])
    facts <- list(
        columns = I(columns), labels = as.list(table$labels[columns]),
        sequences = I(explorer_sequences), size = I(rows$size),
        part = I(members$part), place = I(members$place),
        parts = length(members$json), genes = members$genes,
        chains = I(members$chains),
        has = list(v_call = "v_call" %in% shown, j_call = "j_call" %in% shown,
            count = "duplicate_count" %in% shown, samples = with_samples),
        samples = list(name = I(sheet$repertoire_id),
            columns = named_list(groups, function(x) {
                replace(as.character(x), is.na(x), "")
            }), levels = named_list(groups, levels)),
        # The page's own choices have names without a colon.
        first_colour = if (with_samples && length(groups)) first_group
            else if ("v_call" %in% shown) "v_call" else "one",
        first_group = if (length(groups)) first_group else "none"
    )
    ids <- c("facts", sprintf("members-%d", seq_along(members$json) - 1L))
    paste0("<script type=\"application/json\" id=\"", ids, "\">",
        c(explorer_json(facts), members$json), "</script>", collapse = "\n")
}
