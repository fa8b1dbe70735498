# Read receptors with known antigen: man/readAntigenReference.Rd.
readAntigenReference <- function(file, chain = "TRB", species = NULL) {
    file <- check_string(file, "file")
    loci <- check_loci(chain)
    found <- read_reference(file, loci)
    wanted <- check_species(species)
    if (is.null(wanted)) {
        several <- setdiff(species_key(found$species), "")
        if (length(several) > 1L) {
            inform("read", shown_file(file), " has receptors of several ",
                "species: ", count_species(found$species), "; see `species`")
        }
    } else {
        found <- reference_of_species(found, wanted, shown_file(file))
        rownames(found) <- NULL
    }
    found
}

# Databases have these.
check_loci <- function(chain) {
    loci <- loci_of_chain(check_chain(chain))
    if (!all(loci %in% c("TRA", "TRB"))) {
        bad_argument("`chain` must be \"TRA\", \"TRB\" or both, for databases ",
            "have no others, not ", given(chain))
    }
    loci
}

# The receptors of these loci, of all species.
read_reference <- function(file, loci) {
    file <- local_file(file)
    if (!file.exists(file) || dir.exists(file)) {
        raise_error("io", paste0("`file` must be a file; there is none at '",
            file, "'"))
    }
    table <- read_reference_file(file)
    known <- plain_names(names(table))
    read <- known_database(known)
    if (is.null(read)) {
        raise_error("format", paste0(
            "'", file, "' must be an export of VDJdb, McPAS-TCR or the IEDB; ",
            "it has the columns ", name_some(names(table), 10L)
        ))
    }
    names(table) <- make.unique(known)
    found <- read(table, loci)
    reason <- reference_reasons(found, loci)
    tell_reference(file, found, reason, nrow(table), loci)
    found <- found[reason == 4L, , drop = FALSE]
    found <- with_imgt_genes(found)
    dropped <- c("row", "completed", if (length(loci) == 1L) "locus")
    found <- unique(found[setdiff(names(found), dropped)])
    order <- c("junction_aa", "v_call", "j_call")
    found <- found[c(order, setdiff(names(found), order))]
    rownames(found) <- NULL
    found
}

with_imgt_genes <- function(found) {
    key <- species_key(found$species)
    for (column in c("v_call", "j_call")) {
        genes <- imgt_genes(found[[column]])
        for (species in intersect(c("mouse", "rhesus"), key)) {
            own <- which(key == species)
            genes[own] <- imgt_genes(found[[column]][own], species)
        }
        found[[column]] <- replace(genes, !nzchar(genes), NA)
    }
    found
}

# Of each row how far it came: 1 another chain, 2 no sequence, 3 no epitope,
# 4 usable.
reference_reasons <- function(found, loci) {
    reason <- rep_len(4L, nrow(found))
    reason[is.na(found$label)] <- 3L
    reason[is.na(found$junction_aa)] <- 2L
    reason[!found$locus %in% loci] <- 1L
    reason
}

# A row of the file counts once, by its chain that came furthest.
tell_reference <- function(file, found, reason, n, loci) {
    completed <- sum(found$completed[reason == 4L])
    if (completed) {
        inform("read", shown_file(file), ": conserved residues were added at ",
            "the ends of ", count_text(completed, "CDR3"),
            " ", ends_told)
    }
    best <- rep_len(1L, n)
    order <- order(reason)
    best[found$row[order]] <- reason[order]
    counts <- tabulate(best, 4L)[1:3]
    if (!sum(counts)) return(invisible())
    words <- c(paste("of another chain than", paste(loci, collapse = " and ")),
        "without a sequence", "without an epitope")
    some <- counts > 0
    inform("left_out", "'", file, "': ", shown_number(sum(counts)), " of ",
        count_text(n, "row"), " left out: ",
        paste(shown_number(counts[some]), words[some], collapse = ", "))
}

# The rows of a reference, `shown` for messages, that are of `wanted` (keys),
# for the reason `why`; a message says how many are not.
reference_of_species <- function(table, wanted, shown, why = NULL) {
    if (is.null(table$species) || identical(wanted, "all")) return(table)
    own <- of_species(table, wanted)
    if (all(own)) return(table)
    counts <- count_species(as.character(table$species[!own]),
        "another one by the V gene")
    if (!any(own)) {
        raise_error("labels", paste0(
            shown, " must have receptors of ", paste(wanted, collapse = " or "),
            if (length(why)) paste0(" (", why, ")"), "; its rows are of ",
            counts, ". `species` says which to take"
        ))
    }
    inform("left_out", shown, ": ", shown_number(sum(!own)), " of ",
        count_text(nrow(table), "row"), " left out: ", counts,
        if (length(why)) paste0("; ", why, " (see `species`)"))
    table[own, , drop = FALSE]
}
