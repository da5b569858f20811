//! How much of a body the door keeps, and what it says to whom it keeps nothing for.
use crate::door::Door;
use http::Request;
use http::request::Parts;

const KIB: usize = 1024;
const MIB: u64 = 1024 * 1024;

fn head(operation: &str, signed: bool) -> Parts {
    let target = format!("AWSCognitoIdentityProviderService.{operation}");
    let mut request = Request::post("/").header("x-amz-target", target);
    if signed {
        request = request.header("authorization", "AWS4-HMAC-SHA256 test");
    }
    request.body(()).unwrap().into_parts().0
}

#[test]
fn only_images_of_who_could_sign_are_given_room() {
    let door = Door::new();
    let room = |operation, signed| door.api.room_for(door.bench.cx().now, &head(operation, signed)) / KIB;
    for operation in ["SignUp", "CreateUserPool", "NoSuchOperation"] {
        assert_eq!((room(operation, false), room(operation, true)), (128, 128), "{operation}");
    }
    assert_eq!((room("SetUICustomization", false), room("SetUICustomization", true)), (128, 256));
    for operation in ["CreateManagedLoginBranding", "UpdateManagedLoginBranding"] {
        assert_eq!((room(operation, false), room(operation, true)), (128, 4096), "{operation}");
    }
}

#[test]
fn a_body_without_room_is_refused_for_what_is_wrong_with_it() {
    let door = Door::new();
    let told = |operation, signed, said| {
        let answer = door.api.no_room(&door.bench.cx(), &head(operation, signed), said);
        let open = answer.headers().contains_key("access-control-allow-origin");
        let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
        (answer.status().as_u16(), body["__type"].as_str().unwrap().to_owned(), open)
    };
    let too_large = |open| (413, "RequestEntityTooLargeException".to_owned(), open);
    assert_eq!(told("SignUp", false, Some(MIB)), too_large(true), "a browser may read it");
    assert_eq!(told("CreateUserPool", true, Some(MIB)), too_large(false));
    let unsigned = (400, "MissingAuthenticationTokenException".to_owned(), false);
    assert_eq!(told("CreateManagedLoginBranding", false, Some(MIB)), unsigned);
    assert_eq!(told("NoSuchOperation", false, Some(MIB)), (400, "UnknownOperationException".to_owned(), true));
    for said in [None, Some(10 * MIB)] {
        assert_eq!(told("CreateManagedLoginBranding", false, said), too_large(false), "{said:?}");
        assert_eq!(told("NoSuchOperation", false, said), too_large(true), "{said:?}");
    }
}
