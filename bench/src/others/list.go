// Reads so many users in pages with net/http and encoding/json, into structs as one writes them by
// hand, and prints the peak of the process in KB.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"syscall"
	"time"
)

type Name struct {
	Formatted       string `json:"formatted"`
	FamilyName      string `json:"familyName"`
	GivenName       string `json:"givenName"`
	MiddleName      string `json:"middleName"`
	HonorificPrefix string `json:"honorificPrefix"`
	HonorificSuffix string `json:"honorificSuffix"`
}

type Value struct {
	Value   string `json:"value"`
	Ref     string `json:"$ref"`
	Display string `json:"display"`
	Type    string `json:"type"`
	Primary bool   `json:"primary"`
}

type Address struct {
	Type          string `json:"type"`
	StreetAddress string `json:"streetAddress"`
	Locality      string `json:"locality"`
	Region        string `json:"region"`
	PostalCode    string `json:"postalCode"`
	Country       string `json:"country"`
	Formatted     string `json:"formatted"`
	Primary       bool   `json:"primary"`
}

type Manager struct {
	Value       string `json:"value"`
	Ref         string `json:"$ref"`
	DisplayName string `json:"displayName"`
}

type Enterprise struct {
	EmployeeNumber string  `json:"employeeNumber"`
	CostCenter     string  `json:"costCenter"`
	Organization   string  `json:"organization"`
	Division       string  `json:"division"`
	Department     string  `json:"department"`
	Manager        Manager `json:"manager"`
}

type Meta struct {
	ResourceType string    `json:"resourceType"`
	Created      time.Time `json:"created"`
	LastModified time.Time `json:"lastModified"`
	Version      string    `json:"version"`
	Location     string    `json:"location"`
}

type User struct {
	Schemas           []string    `json:"schemas"`
	ID                string      `json:"id"`
	ExternalID        string      `json:"externalId"`
	UserName          string      `json:"userName"`
	Name              Name        `json:"name"`
	DisplayName       string      `json:"displayName"`
	NickName          string      `json:"nickName"`
	ProfileURL        string      `json:"profileUrl"`
	Emails            []Value     `json:"emails"`
	Addresses         []Address   `json:"addresses"`
	PhoneNumbers      []Value     `json:"phoneNumbers"`
	IMs               []Value     `json:"ims"`
	Photos            []Value     `json:"photos"`
	UserType          string      `json:"userType"`
	Title             string      `json:"title"`
	PreferredLanguage string      `json:"preferredLanguage"`
	Locale            string      `json:"locale"`
	Timezone          string      `json:"timezone"`
	Active            bool        `json:"active"`
	Groups            []Value     `json:"groups"`
	X509Certificates  []Value     `json:"x509Certificates"`
	Enterprise        *Enterprise `json:"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"`
	Meta              Meta        `json:"meta"`
}

type Page struct {
	TotalResults int    `json:"totalResults"`
	Resources    []User `json:"Resources"`
}

func fail(why any) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(1)
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		fail(err)
	}
	return value
}

func main() {
	base, users, count := os.Args[1], number(os.Args[2]), number(os.Args[3])
	found := 0
	for found < users {
		size := min(count, users-found)
		url := fmt.Sprintf("%s/Users?startIndex=%d&count=%d", base, found+1, size)
		answer, err := http.Get(url)
		if err != nil {
			fail(err)
		}
		var page Page
		if err := json.NewDecoder(answer.Body).Decode(&page); err != nil {
			fail(err)
		}
		answer.Body.Close()
		if len(page.Resources) == 0 {
			fail("an empty page")
		}
		found += len(page.Resources)
	}
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		fail(err)
	}
	fmt.Println(usage.Maxrss)
}
