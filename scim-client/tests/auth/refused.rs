//! 401 and 403 are typed, and a fixed credential is not sent twice.

use scim_client::User;

use super::{
    builder,
    network::{Does, Network},
};

#[tokio::test(start_paused = true)]
async fn challenges_are_shown() {
    for (status, challenge) in [
        (401, "Bearer realm=\"scim\", error=\"invalid_token\""),
        (
            403,
            "Bearer error=\"insufficient_scope\", scope=\"scim.write\"",
        ),
    ] {
        let header = vec![("WWW-Authenticate", challenge.to_owned())];
        let network = Network::in_turn(vec![Does::Answers(status, header, String::new())]);
        let client = builder(&network).bearer_token("token").build().unwrap();
        let error = client.resource::<User>().get("2819").await.unwrap_err();
        assert_eq!(error.status().unwrap(), status);
        assert_eq!(error.is_unauthorized(), status == 401);
        assert_eq!(error.headers()["www-authenticate"], challenge);
        assert_eq!(network.count(), 1);
    }
}
