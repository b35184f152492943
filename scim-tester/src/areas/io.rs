//! IO: the interoperability profile (draft-zollner-scim-interop-profile). Some of it is the opposite
//! of RFC 7644.

use serde_json::{Value, json};

use crate::{
    check::{Level, Stop, checks},
    context::Context,
    json::{member, set, text},
    trial::Rule,
};

checks! {
    "IO-02" Error Must "draft-zollner-scim-interop-profile §3.1" []
    "The id of a resource type is its name, and all schemas are published."
    "Set id to name."
    (cx, t) {
        let Some(a) = cx.types_answer.clone().filter(|a| a.is_success()) else { return Err(Stop::Skip("there are no resource types".to_owned())) };
        for one in a.resources() {
            t.sub(text(one, "name").unwrap_or("?"));
            t.must(text(one, "id").is_some() && text(one, "id") == text(one, "name"), &a, "id equal to name");
        }
        t.must(cx.schemas_answer.as_ref().is_some_and(|a| a.is_success()), &a, "/Schemas");
    }

    "IO-03" Error Must "draft-zollner-scim-interop-profile §3.2" ["F-02", "A-09"]
    "Filters and uniqueness apply the same rule of letter case."
    "Follow caseExact in both."
    (cx, t, r) {
        let Some(attr) = r.unique().cloned() else { return Err(Stop::Skip("no attribute is unique".to_owned())) };
        let made = cx.create(r, cx.minimal(r)).await?;
        let upper = attr.of(&made.state).and_then(Value::as_str).unwrap_or_default().to_uppercase();
        let mut body = cx.minimal(r);
        attr.set(&mut body, upper.as_str().into());
        let a = cx.post(r, &body).await?;
        let list = cx.list(r, &[("filter", &format!("{} eq {}", attr.path(), json!(upper)))]).await?;
        let found = Context::ids(&list).contains(&made.id);
        t.must(found != a.is_success(), &list, "the same rule for both");
    }

    "IO-04" Error Must "draft-zollner-scim-interop-profile §3.3" ["C-01"]
    "POST and PATCH refuse an attribute that is in no schema."
    "Return 400 with scimType invalidSyntax."
    (cx, t, r) {
        t.sub("POST");
        let mut body = cx.minimal(r);
        set(&mut body, "zzUnknown", "x".into());
        let a = cx.post(r, &body).await?;
        cx.refused(t, &a, &["invalidSyntax"]);
        t.sub("PATCH");
        let made = cx.create(r, cx.minimal(r)).await?;
        let a = cx.patch(r, &made.id, &json!([{"op": "add", "path": "zzUnknown", "value": "x"}])).await?;
        cx.refused(t, &a, &["invalidSyntax", "invalidPath"]);
    }

    "IO-05" Error Must "draft-zollner-scim-interop-profile §3.4" []
    "The sub-attribute type of a multi-valued attribute has canonicalValues."
    "List the types that you accept."
    (cx, t, r) {
        let Some(a) = cx.schemas_answer.clone() else { return Err(Stop::Skip("there are no schemas".to_owned())) };
        for attr in r.attrs.iter().filter(|attr| attr.multi && attr.is_plain()) {
            if let Some(kind) = attr.sub("type") {
                t.sub(attr.path());
                t.must(!kind.canonical.is_empty(), &a, "canonicalValues");
            }
        }
    }

    "IO-06" Error Must "draft-zollner-scim-interop-profile §4.3" ["F-13"]
    "A filter on an attribute that is in no schema is refused."
    "Return 400 with scimType invalidFilter."
    (cx, t, r) {
        let a = cx.list(r, &[("filter", "zzUnknown eq \"x\"")]).await?;
        cx.refused(t, &a, &["invalidFilter"]);
    }

    "IO-07" Error Must "draft-zollner-scim-interop-profile §4.4" ["G-01"]
    "A count of 100 is accepted."
    "Allow pages of 100 resources."
    (cx, t, r) {
        let a = cx.list(r, &[("count", "100")]).await?;
        let count = i64::try_from(a.resources().len()).unwrap_or(0);
        let total = a.total().unwrap_or(0);
        t.must(a.is_success() && (count >= 100 || count >= total), &a, "100 resources, or all");
        let a = cx.list(r, &[]).await?;
        let count = i64::try_from(a.resources().len()).unwrap_or(0);
        t.at(Level::Warning, count >= 100 || count >= a.total().unwrap_or(0), &a, "100 resources without count");
    }

    "IO-08" Error Must "draft-zollner-scim-interop-profile §4.5.1" ["X-01"]
    "An operation without a path is refused."
    "Return 400 with scimType invalidSyntax (RFC 7644 and Okta need the opposite)."
    (cx, t, r) {
        let Some(slot) = r.s() else { return Err(Stop::Skip("no optional text".to_owned())) };
        let made = cx.fresh(r).await?;
        let mut value = json!({});
        set(&mut value, &slot.name, "x".into());
        let a = cx.patch(r, &made.id, &json!([{"op": "replace", "value": value}])).await?;
        cx.refused(t, &a, &["invalidSyntax"]);
    }

    "IO-09" Error Must "draft-zollner-scim-interop-profile §4.5.2" ["X-06"]
    "For a complex value, add keeps the other sub-attributes, and replace removes them."
    "Remove the other sub-attributes in a replace."
    (cx, t, r) {
        let Some((attr, slots)) = r.c() else { return Err(Stop::Skip("no complex attribute".to_owned())) };
        let [one, other, ..] = slots.as_slice() else { return Err(Stop::Skip("one sub-attribute only".to_owned())) };
        for (op, keeps) in [("add", true), ("replace", false)] {
            t.sub(op);
            let made = cx.fresh(r).await?;
            let mut value = json!({});
            set(&mut value, one.sub.as_deref().unwrap_or_default(), "zz new".into());
            cx.patch(r, &made.id, &json!([{"op": op, "path": attr.path(), "value": value}])).await?;
            let read = cx.read(r, &made.id).await?;
            t.must(other.of(read.doc()).is_some() == keeps, &read, if keeps { "the other sub-attribute kept" } else { "the other sub-attribute dropped" });
        }
    }

    "IO-10" Warning Must "draft-zollner-scim-interop-profile §4.5.2" ["X-12"]
    "A path with a filter but without a sub-attribute is refused."
    "Return 400 with scimType invalidPath."
    (cx, t, r) {
        let Some(m) = r.m() else { return Err(Stop::Skip("no attribute with several values".to_owned())) };
        let made = cx.fresh(r).await?;
        let (one, _) = crate::values::Maker::kinds(m);
        let path = format!("{}[type eq {}]", m.path(), json!(one));
        let a = cx.patch(r, &made.id, &json!([{"op": "replace", "path": path, "value": cx.maker.element(m, &cx.label(), "x", &one)}])).await?;
        cx.refused(t, &a, &["invalidPath"]);
    }

    "IO-11" Error Must "draft-zollner-scim-interop-profile §4.6" ["L-01"]
    "DELETE removes the resource, and its unique values can be used again."
    "Do not keep the values of deleted resources."
    (cx, t, r) {
        let made = cx.create(r, cx.minimal(r)).await?;
        let a = cx.delete(r, &made.id).await?;
        t.must(a.is_success(), &a, "status 204");
        let a = cx.read(r, &made.id).await?;
        cx.expect(t, "IO-11", &a, Rule::NotFound);
        let a = cx.post(r, &made.sent).await?;
        t.must(a.is_success(), &a, "201: the value is free");
    }

    "IO-12" Error Must "draft-zollner-scim-interop-profile §4.9" ["A-09"]
    "If a value is taken, POST and PATCH return 409 with scimType uniqueness."
    "Return 409 with scimType uniqueness."
    (cx, t, r) {
        let Some(attr) = r.unique().cloned() else { return Err(Stop::Skip("no attribute is unique".to_owned())) };
        let (one, two) = (cx.create(r, cx.minimal(r)).await?, cx.create(r, cx.minimal(r)).await?);
        let taken = attr.of(&one.sent).cloned().unwrap_or_default();
        let mut body = cx.minimal(r);
        attr.set(&mut body, taken.clone());
        let post = cx.post(r, &body).await?;
        let patch = cx.patch(r, &two.id, &json!([{"op": "replace", "path": attr.path(), "value": taken}])).await?;
        for (what, a) in [("POST", post), ("PATCH", patch)] {
            t.sub(what);
            t.must(a.status == 409, &a, "status 409");
            t.scim_type(&a, &["uniqueness"], Level::Error);
        }
    }

    "IO-01" Warning Plain "draft-zollner-scim-interop-profile §2" []
    "interopProfileConformant in the configuration is true."
    "Set it when everything else of this profile is right."
    (cx, t) {
        let Some(a) = cx.config.clone() else { return Err(Stop::Skip("there is no configuration".to_owned())) };
        let Some(said) = member(a.doc(), "interopProfileConformant") else {
            return Err(Stop::Skip("the configuration says nothing of it".to_owned()));
        };
        t.must(said.is_boolean(), &a, "a boolean");
        t.note(&a, format!("the configuration says {said}"));
    }
}
