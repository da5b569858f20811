//! What every storage backend must do, claim by claim, races included. A backend calls [`conformance_suite!`](crate::conformance_suite)
//! in its own `tests/` folder with a function that makes an empty store; every claim becomes a test there.
#![allow(missing_docs, reason = "a claim says itself what it is about")]
pub mod aliases;
pub mod apis;
pub mod attempts;
pub mod auth_codes;
pub mod auth_events;
pub mod cascades;
pub mod codes;
pub mod devices;
pub mod files;
pub mod functions;
pub mod groups;
pub mod identities;
pub mod import_jobs;
pub mod outbox;
pub mod passkeys;
pub mod pending;
pub mod pools;
pub mod sessions;
pub mod sign_ins;
pub mod small_rows;
pub mod terms;
pub mod users;
mod world;

pub use world::Shared;

/// Makes a test of every claim. The argument is a function without arguments that returns
/// `(guard, Arc<S>)` where S implements the storage ports of all rooms; the guard lives as long as the test.
#[macro_export]
macro_rules! conformance_suite {
    ($fresh:ident) => {
        $crate::conformance_claims! { $fresh,
            pools {
                a_pool_reads_back_as_it_was_stored
                a_taken_pool_id_is_refused_and_changes_nothing
                a_replacement_needs_the_version_that_was_read
                of_two_replacements_at_once_one_conflicts
                pools_are_listed_by_scope_oldest_first_in_pages
                pool_ids_come_in_order_over_all_scopes
                keys_are_replaced_as_a_set
                a_pool_with_a_domain_stays
                every_control_plane_write_appends_one_change
                a_refused_write_appends_no_change
            }
            small_rows {
                clients_are_found_by_id_alone_and_listed_in_pages
                a_client_of_no_pool_is_refused
                a_client_of_another_pool_is_not_deleted
                a_domain_name_is_unique_over_all_pools
                a_pool_has_one_domain_of_each_kind
                resource_servers_are_keyed_within_their_pool
                a_client_has_one_branding
                every_change_of_a_look_changes_its_mark
                a_ui_customization_is_replaced_removed_and_goes_with_its_client
                small_rows_are_guarded_by_their_versions
                decisions_are_found_by_request_and_listed_newest_first
            }
            groups {
                groups_come_strongest_precedence_first
                membership_is_idempotent_and_needs_both_ends
                members_are_listed_in_pages
                groups_are_keyed_within_their_pool
            }
            identities {
                identity_providers_are_keyed_within_their_pool_and_listed_in_pages
                an_identifier_belongs_to_one_provider_even_in_parallel
                an_identifier_given_up_is_free_for_others
                an_identity_belongs_to_one_user_even_in_parallel
                an_identity_follows_the_replacement_of_its_user
                identities_outlive_their_provider_and_go_with_their_user
            }
            users {
                a_username_is_taken_once_even_in_parallel
                a_user_is_found_by_every_name
                names_of_one_pool_mean_nothing_in_another
                a_user_replacement_needs_the_version_that_was_read
                users_are_listed_in_creation_order_in_pages
                a_filter_compares_without_case_and_sorts_by_its_attribute
                a_filter_by_username_minds_the_case
                a_filter_by_status_words_works
                pages_of_a_filter_neither_skip_nor_repeat
                a_changed_attribute_is_found_under_its_new_value_only
                users_are_counted_through_inserts_and_deletes
            }
            aliases {
                an_alias_is_taken_once_even_in_parallel
                a_refused_alias_leaves_no_user_behind
                an_alias_given_up_is_free_for_others
                taking_an_alias_moves_it_and_unverifies_its_holder
                the_holder_of_a_taken_alias_conflicts_on_an_old_version
                a_new_user_may_take_an_alias_in_the_same_act
                a_username_is_nobody_elses_alias
                an_alias_is_nobody_elses_username_or_sub
                a_username_is_nobody_elses_sub
                of_a_username_and_an_alias_at_once_one_stands
                an_alias_may_be_the_own_username_or_sub
                a_changed_alias_names_by_its_new_value_only
                a_deleted_user_frees_all_names
            }
            codes {
                a_code_is_redeemed_once_even_in_parallel
                a_wrong_code_changes_nothing_and_the_code_stays
                an_expired_code_is_absent
                a_new_code_replaces_the_earlier_of_the_same_purpose
                a_redemption_with_an_old_version_leaves_the_code
                a_redemption_that_hits_a_taken_alias_leaves_the_code
                a_redemption_may_take_an_alias
            }
            import_jobs {
                jobs_are_found_by_id_and_listed_newest_first_in_pages
                an_account_has_one_active_job_even_in_parallel
                a_batch_and_the_place_reached_are_one_act
                a_taken_name_leaves_nothing_and_holds_up_no_other
                import_jobs_go_with_their_pool
            }
            outbox {
                a_message_reads_back_as_it_was_stored
                a_message_is_claimed_by_one_even_in_parallel
                a_failed_attempt_is_counted_and_comes_back_when_it_is_due
                an_expired_message_is_absent
                a_new_message_replaces_the_earlier_of_its_user_and_topic
                a_message_waits_until_it_ends_or_another_takes_its_place
                a_code_and_its_message_are_one_act
                a_made_up_message_is_stored_with_its_mark
                a_deleted_user_gets_no_more_messages
            }
            sign_ins {
                a_sign_in_opens_with_its_token_and_clears_the_attempts
                nobody_is_let_in_who_is_not_as_they_were_found
                an_expired_sign_in_is_absent_and_a_revoked_one_is_seen
                a_token_rotates_once_even_in_parallel_and_reuse_ends_the_family
                within_the_grace_the_old_token_works_and_after_it_ends_the_family
                a_request_that_was_overtaken_gets_no_grace
                a_token_of_a_revoked_or_expired_sign_in_is_absent
                revoking_is_idempotent
                signing_out_ends_every_sign_in_and_raises_the_version
                signing_out_ends_login_sessions_and_codes_that_wait
                live_sign_ins_are_listed_newest_first
                a_mark_is_set_once_even_in_parallel
                a_mark_may_be_set_again_after_its_end
                a_login_session_ends_by_time_by_act_and_by_user
            }
            sessions {
                the_last_use_of_a_sign_in_is_read_back
                the_sign_ins_used_last_are_kept
                sessions_end_together_with_what_came_through_them
                nobody_ends_the_sessions_of_others
                live_login_sessions_are_listed_newest_first
                of_too_many_login_sessions_the_oldest_end
            }
            devices {
                a_device_is_stored_once_and_reads_back
                a_device_changes_in_its_own_row_only
                devices_are_listed_in_pages_and_go_with_their_user
                a_device_that_was_removed_is_not_stored_again_while_its_mark_lasts
            }
            passkeys {
                a_credential_is_one_users_in_its_pool
                a_user_has_so_many_passkeys_and_no_more_even_in_parallel
                of_two_uses_of_a_passkey_at_once_one_conflicts
                passkeys_go_with_their_user
            }
            pending {
                what_waits_is_taken_once_even_in_parallel
                what_has_waited_too_long_is_gone
            }
            auth_codes {
                a_code_opens_one_family_even_in_parallel_and_reuse_ends_it
                reading_a_code_does_not_use_it_up
                an_unknown_or_expired_code_opens_nothing
                a_code_of_a_deleted_user_opens_nothing
            }
            auth_events {
                events_are_listed_newest_first_in_pages
                an_event_that_comes_again_goes_on
                a_user_has_so_many_events_and_the_newest
                failures_push_out_nothing_but_failures
                feedback_is_about_an_event_of_that_user
                events_go_with_their_user_and_none_is_about_nobody
            }
            terms {
                a_client_has_one_document_of_each_name
                documents_are_guarded_by_their_versions_and_listed_in_pages
            }
            attempts {
                attempts_lock_after_the_free_ones_and_the_lock_doubles
                attempts_during_a_lock_do_not_extend_it
                attempts_are_forgotten_after_a_pause_and_by_success
                parallel_attempts_cannot_slip_through
                a_clock_set_back_does_not_lock_for_long
                uses_are_counted_in_a_window
            }
            apis {
                an_api_reads_back_as_it_was_stored
                an_api_replacement_needs_the_version_that_was_read
                apis_are_keyed_by_account_region_and_id
                apis_are_listed_in_creation_order_in_pages
                all_apis_come_in_key_order
                every_api_write_appends_one_change_to_the_common_sequence
            }
            files {
                a_pending_file_ends_and_a_complete_one_stays
                completing_twice_is_one_completion
                bytes_that_differ_from_the_announcement_conflict
                files_are_listed_newest_first_in_pages
                an_expired_file_is_absent_until_it_is_deleted
            }
            functions {
                a_function_reads_back_as_it_was_stored
                a_function_replacement_needs_the_version_that_was_read
                a_name_is_taken_once_even_in_parallel
                functions_are_keyed_by_account_region_and_name
                functions_are_listed_by_name_in_pages
                code_in_use_follows_every_change
            }
            cascades {
                a_deleted_user_leaves_nothing
                a_deleted_client_takes_its_sign_ins_codes_and_branding
                a_deleted_pool_leaves_nothing
                a_deleted_group_leaves_its_members
            }
        }
    };
}

/// The expansion behind [`conformance_suite!`](crate::conformance_suite).
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_claims {
    ($fresh:ident, $($room:ident { $($claim:ident)+ })+) => {
        $(mod $room {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $claim() {
                let (_guard, store) = super::$fresh();
                $crate::conformance::$room::$claim(store).await;
            })+
        })+
    };
}
