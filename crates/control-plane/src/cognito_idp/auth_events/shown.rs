//! How an event is shown.
use super::super::prelude::*;
use user_pools::threat::{Asked, AuthEvent, EventFeedback, EventKind, EventResponse};

/// `AuthEventType`.
pub(super) fn event(event: AuthEvent) -> wire::AuthEventType {
    let risk_decision = event.risk_decision().parse().ok();
    wire::AuthEventType {
        event_id: Some(event.id),
        event_type: Some(match event.kind {
            EventKind::SignIn => wire::EventType::SignIn,
            EventKind::SignUp => wire::EventType::SignUp,
            EventKind::ForgotPassword => wire::EventType::ForgotPassword,
            EventKind::PasswordChange => wire::EventType::PasswordChange,
            EventKind::ResendCode => wire::EventType::ResendCode,
        }),
        creation_date: Some(event.at.into()),
        event_response: Some(match event.response {
            EventResponse::Pass => wire::EventResponseType::Pass,
            EventResponse::Fail => wire::EventResponseType::Fail,
            EventResponse::InProgress => wire::EventResponseType::InProgress,
        }),
        event_risk: Some(wire::EventRiskType { risk_decision, ..Default::default() }),
        challenge_responses: Some(event.answers.into_iter().map(answer).collect()),
        event_context_data: Some(wire::EventContextDataType {
            ip_address: Some(event.ip),
            device_name: Some(event.device),
            ..Default::default()
        }),
        event_feedback: event.feedback.map(feedback),
    }
}

fn answer((asked, right): (Asked, bool)) -> wire::ChallengeResponseType {
    wire::ChallengeResponseType {
        challenge_name: Some(match asked {
            Asked::Password => wire::ChallengeName::Password,
            Asked::Mfa => wire::ChallengeName::Mfa,
        }),
        challenge_response: Some(if right {
            wire::ChallengeResponse::Success
        } else {
            wire::ChallengeResponse::Failure
        }),
    }
}

fn feedback(feedback: EventFeedback) -> wire::EventFeedbackType {
    wire::EventFeedbackType {
        feedback_value: if feedback.valid { wire::FeedbackValueType::Valid } else { wire::FeedbackValueType::Invalid },
        provider: feedback.provider,
        feedback_date: Some(feedback.at.into()),
    }
}
