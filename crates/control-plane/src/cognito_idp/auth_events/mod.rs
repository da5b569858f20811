//! Operations on what users did. UpdateAuthEventFeedback is none of them: its token comes with notification messages, and none are sent.
pub(super) mod admin_list_user_auth_events;
pub(super) mod admin_update_auth_event_feedback;
mod shown;
