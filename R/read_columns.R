# What columns are called, whoever made the table: for each of our columns the
# usual names, the best first. Formats (R/read_<format>.R) name their own before
# these, and hide no column that they do not name.

usual_names <- list(
    # Never those that are nucleotides elsewhere.
    junction_aa = c(
        "junction_aa", "cdr3_aa", "cdr3_amino_acid", "cdr3_amino_acids",
        "cdr3_amino_acid_sequence", "cdr3_aa_sequence", "amino_acid_cdr3",
        "aa_cdr3", "cdr3_protein", "cdr3_translation", "aaSeqCDR3",
        "AA. Seq. CDR3", "amino_acid", "AA Sequence", "junction_amino_acid",
        "aa_junction", "cdr3"
    ),
    v_call = c(
        "v_call", "v_gene", "v", "bestVHit", "bestVGene", "v_segm",
        "v_segment", "v_segments", "v_name", "v_region", "v_gene_name",
        "v_gene_and_allele", "v_allele", "v_genes", "v_hit", "v_gene_call",
        "vMaxResolved", "v_resolved", "allVHitsWithScore", "allVHits",
        "v_gene_dominant", "vGeneNameTies", "v_gene_ties", "v_family",
        "vFamilyName", "v_subgroup", "v_subfamily"
    ),
    j_call = c(
        "j_call", "j_gene", "j", "bestJHit", "bestJGene", "j_segm",
        "j_segment", "j_segments", "j_name", "j_region", "j_gene_name",
        "j_gene_and_allele", "j_allele", "j_genes", "j_hit", "j_gene_call",
        "jMaxResolved", "j_resolved", "allJHitsWithScore", "allJHits",
        "j_gene_dominant", "jGeneNameTies", "j_gene_ties", "j_family",
        "jFamilyName", "j_subgroup"
    ),
    # Molecules, then cells and clones, then what may be any of these, then
    # reads.
    duplicate_count = c(
        "duplicate_count", "umi_count", "umis", "umi", "n_umi", "n_umis",
        "num_umis", "uniqueMoleculeCount", "uniqueUMICount", "molecule_count",
        "templates", "template_count", "count (templates)",
        "count (templates/reads)", "clones", "clone_count", "clone_size",
        "clonotype_count", "cell_count", "n_cells", "num_cells", "count",
        "counts", "copies", "copy_number", "abundance", "seq_count",
        "sequence_count", "consensus_count", "reads", "read_count",
        "n_reads", "num_reads", "seq_reads", "count (reads)"
    ),
    repertoire_id = c("repertoire_id", "sample_id", "sample", "sample_name",
        "RunId", "library_id", "donor", "donor_id", "orig.ident", "library",
        "subject_id", "subject", "patient_id", "patient", "participant_id",
        "participant", "individual_id", "individual", "mouse_id",
        "animal_id"),
    sequence_id = c("sequence_id", "contig_id", "contig"),
    locus = c("locus", "chain", "chains", "chain_type", "topChains",
        "tcr_chain", "chain_name"),
    productive = c("productive", "isProductive", "isProductiveCDR3",
        "sequenceStatus", "frame_type"),
    cell_id = c("cell_id", "barcode", "cell_barcode", "cell", "cell_name",
        "cell_index", "tagValueCELL"),
    is_cell = c("is_cell", "putative_cell")
)

# What a chain is called where each has columns of its own, as in cdr3_alpha,
# TRB_v_gene, v_call_VDJ, IR_VJ_1_junction_aa.
chain_words <- list(
    TRB = c("beta", "b", "trb", "tcrb", "tcr_beta", "vdj", "vdj_1",
        "ir_vdj_1"),
    TRA = c("alpha", "a", "tra", "tcra", "tcr_alpha", "vj", "vj_1",
        "ir_vj_1"),
    TRG = c("gamma", "g", "trg", "tcrg", "tcr_gamma"),
    TRD = c("delta", "d", "trd", "tcrd", "tcr_delta")
)

# Names of a chain's columns, by patterns with % for its word.
chain_columns_of <- function(words) {
    named <- function(...) {
        unlist(lapply(c(...), function(pattern) {
            vapply(words, function(word) {
                sub("%", word, pattern, fixed = TRUE)
            }, "", USE.NAMES = FALSE)
        }))
    }
    genes <- function(letter) {
        kinds <- c("_call", "_gene", "", "_segment", "_segm", "_name")
        named(paste0("%_", letter, kinds), paste0(letter, kinds, "_%"),
            paste0(letter, "_%", kinds))
    }
    list(
        junction_aa = named("junction_aa_%", "%_junction_aa", "cdr3_aa_%",
            "cdr3_%_aa", "%_cdr3_aa", "cdr3_%", "%_cdr3"),
        v_call = genes("v"), j_call = genes("j")
    )
}

usual_chain_names <- lapply(chain_words, chain_columns_of)

# Of which a blank is filled from the next column that has something.
filled_columns <- c("v_call", "j_call", "duplicate_count")

# Chains are called by Greek letters, too, here by their bytes in UTF-8.
greek_in_words <- function(x) {
    at <- which(grepl("[\xce]", x, useBytes = TRUE))
    if (!length(at)) return(x)
    greek <- c(alpha = "\xce[\x91\xb1]", beta = "\xce[\x92\xb2]",
        gamma = "\xce[\x93\xb3]", delta = "\xce[\x94\xb4]")
    for (name in names(greek)) {
        x[at] <- gsub(greek[[name]], paste0("_", name, "_"), x[at],
            useBytes = TRUE)
    }
    x[at] <- marked_utf8(x[at])
    x
}

# "count (templates/reads)", "count..templates.reads." and the like are one.
normal_name <- function(x) {
    x <- small_letters(iconv(greek_in_words(x), "UTF-8", "ASCII", sub = "?"))
    gsub("^_+|_+$", "", gsub("[^a-z0-9]+", "_", x))
}

# Letters and digits only: "V gene", "v_gene" and "vGene" are one, too.
bare_name <- function(x) gsub("_", "", normal_name(x), fixed = TRUE)

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

# The places of those of `wanted` that the header has, in their order. Spelling
# first, for AIRR's names are case-sensitive.
column_places <- function(wanted, header) {
    places <- header$places
    if (is.null(places)) places <- seq_along(header$names)
    at <- match(wanted, header$names[places])
    none <- is.na(at)
    at[none] <- match(bare_name(wanted[none]), header$bare[places])
    unique(places[at[!is.na(at)]])
}

# The first of them; NA where none is.
find_column <- function(wanted, header) column_places(wanted, header)[1L]

# Our name -> places in the file, for a format, the user's own names, and the
# loci asked for.
find_columns <- function(format, header, columns, locus, file) {
    wanted <- wanted_columns(format, header, locus)
    found <- lapply(stats::setNames(nm = names(wanted)), function(name) {
        at <- column_places(wanted[[name]], header)
        if (sub("_(alpha|beta|gamma|delta)$", "", name) %in% filled_columns) {
            at
        } else {
            utils::head(at, 1L)
        }
    })
    for (name in names(columns)) {
        found[[name]] <- named_column(columns[[name]], name, header, file)
    }
    found <- found[lengths(found) > 0L]
    placed <- names(columns)[vapply(columns, is.numeric, NA)]
    refuse_twins(found[setdiff(names(found), placed)], header, file)
    found
}

# A column that the user names, or gives the place of; none by "".
named_column <- function(column, name, header, file) {
    if (identical(column, "")) return(integer())
    if (is.numeric(column)) {
        if (column > length(header$names)) {
            raise_error("format", paste0(
                "`columns` says column ", column, " for `", name, "`; ",
                shown_file(file), " has ", length(header$names)
            ))
        }
        return(as.integer(column))
    }
    at <- find_column(column, header[c("names", "normal", "bare")])
    if (!is.na(at)) return(at)
    raise_error("format", paste0(
        "`columns` names ", given(column), " for `", name,
        "`, which ", shown_file(file), " does not have; closest ",
        if (length(header$names) == 1L) "is " else "are ",
        closest_columns(column, header)
    ))
}

# Two columns of one name: which is meant can't be known.
refuse_twins <- function(found, header, file) {
    for (name in names(found)) {
        for (at in found[[name]]) {
            twins <- which(header$names == header$names[at])
            if (length(twins) > 1L) {
                raise_error("format", paste0(
                    shown_file(file), " must have one column `",
                    header$names[at], "`, to be read as `", name, "`; it is ",
                    "there ", length(twins), " times (columns ",
                    paste(twins, collapse = ", "), "). `columns` takes places",
                    " too: columns = list(", name, " = ", twins[1L], ")"
                ))
            }
        }
    }
}

# Our name -> names of the file: the format's own, then usual ones.
wanted_columns <- function(format, header, locus) {
    chains <- chains_there(format, header)
    own <- if (is.null(format$columns)) list() else format$columns
    usual <- usual_names[setdiff(names(usual_names), "junction_aa")]
    if (length(chains)) {
        own$junction_aa <- NULL
        own <- c(own, columns_of_chains(format$chains, chains, locus))
        if (length(chains) > 1L) usual[c("v_call", "j_call", "locus")] <- NULL
    } else {
        # TRBV beside a CDR3 that is of no chain by its name.
        for (name in c("v_call", "j_call")) {
            usual[[name]] <- c(usual[[name]], unlist(
                lapply(usual_chain_names, `[[`, name), use.names = FALSE
            ))
        }
    }
    for (name in names(usual)) own[[name]] <- c(own[[name]], usual[[name]])
    own
}

# The loci of which the header has CDR3s in columns of their own; none where a
# column has those of all.
chains_there <- function(format, header) {
    if (is.null(format$chains) || (!is.null(format$columns$junction_aa) &&
        !is.na(find_column(format$columns$junction_aa, header)))) {
        return(character())
    }
    there <- vapply(format$chains, function(columns) {
        !is.na(find_column(columns$junction_aa, header))
    }, TRUE)
    intersect(names(chain_names), names(there)[there])
}

# Those of the loci that are taken; of several with the names of pairs.
columns_of_chains <- function(columns, there, locus) {
    loci <- chains_taken(there, locus)
    if (length(loci) == 1L) return(columns[[loci]])
    pairs <- lapply(loci, function(name) {
        stats::setNames(columns[[name]], paste0(names(columns[[name]]), "_",
            chain_names[[name]]))
    })
    do.call(c, pairs)
}

# The loci asked for. TRB where none are, or what there is: rows of another
# locus than those asked for are counted as such.
chains_taken <- function(there, locus) {
    taken <- intersect(there, locus)
    if (length(taken)) return(taken)
    if (is.null(locus) && "TRB" %in% there) "TRB" else there[1L]
}
