# How a format is told from a header, and which of its columns is which. The
# formats themselves are tables of names in R/read_<format>.R:
#
#   title     for messages
#   needs     list of sets of names: of each set one must be in the header
#   or_needs  another such list, of which the header may have all instead
#   columns   our name -> names of the file, the first there is taken; usual
#             names go behind them (R/read_columns.R)
#   chains    locus -> such columns, where a row has both chains
#   hits      whether genes are lists of hits, the best in front
#   blank_productive  what an empty `productive` means (NA: unknown)
#   tidy      function(table) for what no table of names can say
#   stripped  columns whose CDR3s lack their conserved ends by definition
#   note      a sentence for the message
#
# Names are compared as bare_name() gives them: by letters and digits only.

# Ordered: a header that fits several is of the first.
repertoire_formats <- function() {
    list(
        immundata = format_immundata, airr = format_airr,
        paired = format_paired, "10x" = format_10x,
        "10x_consensus" = format_10x_consensus, trust4 = format_trust4,
        vdjtools = format_vdjtools, adaptive = format_adaptive,
        adaptive_v2 = format_adaptive_v2, mixcr = format_mixcr,
        bd = format_bd, bd_cells = format_bd_cells, vdjdb = format_vdjdb,
        vdjdb_full = format_vdjdb_full, mcpas = format_mcpas,
        tcrdist = format_tcrdist, immunarch = format_immunarch,
        pairs = format_pairs, imgt = format_imgt,
        table = format_table
    )
}

format_choices <- function() {
    c("auto", names(repertoire_formats()), "giana", "list")
}

fits <- function(format, header) {
    has <- function(needs) {
        all(vapply(needs, function(set) {
            !is.na(find_column(set, header))
        }, TRUE))
    }
    has(format$needs) || (!is.null(format$or_needs) && has(format$or_needs))
}

recognised <- function(header, formats = repertoire_formats()) {
    for (name in names(formats)) {
        if (fits(formats[[name]], header)) return(name)
    }
    NULL
}

refuse_header <- function(header, file, asked = "auto") {
    formats <- repertoire_formats()
    name <- if (asked == "auto") likeliest(header) else asked
    format <- formats[[name]]
    lacks <- vapply(format$needs, function(set) {
        is.na(find_column(set, header))
    }, TRUE)
    missing <- vapply(format$needs[lacks], `[`, "", 1L)
    closest <- paste0("`", missing, "` (closest here: ", vapply(
        missing, closest_columns, "", header
    ), ")", collapse = " and ")
    columns <- paste0("; its columns are ", shown_names(header$names))
    if (asked != "auto") {
        other <- recognised(header)
        raise_error("format", paste0(
            shown_file(file), " must be in the format ", format$title,
            ", as `format` says, and have ", closest, columns,
            if (!is.null(other)) {
                paste0(". It has the columns of ", formats[[other]]$title,
                    " (\"", other, "\")")
            }
        ))
    }
    raise_error("format", paste0(
        shown_file(file), " must be a table of a known format", columns,
        ". Likeliest is ", format$title, " (\"", name, "\"), which has ",
        closest, ". Name the columns by `columns`, as in ",
        "columns = c(junction_aa = \"...\")"
    ))
}

# `places`: of very many columns those that any format has. A hundred sets are
# looked for, and each would go through a million names.
as_header <- function(names) {
    header <- list(names = names, normal = normal_name(names))
    header$bare <- gsub("_", "", header$normal, fixed = TRUE)
    if (length(names) > 1000L) {
        known <- lapply(repertoire_formats(), `[`,
            c("needs", "columns", "chains"))
        known <- c(known, usual_names, usual_chain_names)
        header$places <- which(header$bare %in%
            bare_name(unlist(known, use.names = FALSE)))
    }
    header
}

# The format whose needs the header comes nearest to; of equal ones the one of
# which it has more columns, then the first.
likeliest <- function(header) {
    nearest <- function(sets) {
        if (length(sets) == 0L) return(0)
        mean(vapply(sets, function(set) {
            max(vapply(set, function(name) max(likeness(name, header)), 0))
        }, 0))
    }
    formats <- repertoire_formats()
    near <- vapply(formats, function(format) {
        nearest(format$needs) + nearest(format$columns) / 4
    }, 0)
    names(formats)[which.max(near)]
}
