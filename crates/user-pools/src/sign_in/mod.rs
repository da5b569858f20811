//! Signing in: InitiateAuth and its challenges. One room decides; the JSON API and the login pages both come through here.
