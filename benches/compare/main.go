// Go's net/http: go run main.go <port>
package main

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"os"
	"strconv"
	"strings"
)

type row struct {
	ID     int     `json:"id"`
	Name   string  `json:"name"`
	Email  string  `json:"email"`
	Active bool    `json:"active"`
	Score  float64 `json:"score"`
}

type table struct {
	Count int   `json:"count"`
	Rows  []row `json:"rows"`
}

type read struct {
	User  string `json:"user"`
	Post  string `json:"post"`
	Limit string `json:"limit"`
	Trace string `json:"trace"`
}

type item struct {
	Name     string  `json:"name"`
	Price    float64 `json:"price"`
	Quantity float64 `json:"quantity"`
}

type total struct {
	Name  string  `json:"name"`
	Total float64 `json:"total"`
}

func answer(w http.ResponseWriter, status int, value any) {
	bytes, err := json.Marshal(value)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(bytes)))
	w.WriteHeader(status)
	w.Write(bytes)
}

func refuse(w http.ResponseWriter, message string) {
	answer(w, http.StatusBadRequest, map[string]string{"error": message})
}

func rows(w http.ResponseWriter, r *http.Request) {
	count, err := strconv.Atoi(r.URL.Query().Get("count"))
	if err != nil {
		count = 10
	}
	rows := make([]row, 0, count)
	for i := 1; i <= count; i++ {
		number := strconv.Itoa(i)
		rows = append(rows, row{i, "User " + number, "user" + number + "@example.com", i%2 == 0, float64(i) * 1.5})
	}
	answer(w, http.StatusOK, table{count, rows})
}

func items(w http.ResponseWriter, r *http.Request) {
	var it item
	if err := json.NewDecoder(r.Body).Decode(&it); err != nil {
		refuse(w, err.Error())
		return
	}
	switch {
	case it.Name == "":
		refuse(w, "name must be a string")
	case it.Price < 0:
		refuse(w, "price must be a number from 0")
	case it.Quantity < 1 || it.Quantity != math.Trunc(it.Quantity):
		refuse(w, "quantity must be an integer from 1")
	default:
		answer(w, http.StatusCreated, total{it.Name, it.Price * it.Quantity})
	}
}

type address struct {
	Street  string `json:"street"`
	City    string `json:"city"`
	Zip     string `json:"zip"`
	Country string `json:"country"`
}

type line struct {
	Sku      string   `json:"sku"`
	Name     string   `json:"name"`
	Quantity float64  `json:"quantity"`
	Price    float64  `json:"price"`
	Options  []string `json:"options"`
}

type order struct {
	Customer struct {
		Name    string  `json:"name"`
		Email   string  `json:"email"`
		Address address `json:"address"`
	} `json:"customer"`
	Items  []line `json:"items"`
	Coupon string `json:"coupon"`
	Note   string `json:"note"`
}

type placed struct {
	Customer string  `json:"customer"`
	City     string  `json:"city"`
	Coupon   string  `json:"coupon"`
	Lines    int     `json:"lines"`
	Total    float64 `json:"total"`
}

// What is wrong with an order, if anything is.
func wrong(o *order) string {
	c := &o.Customer
	for _, text := range []string{c.Name, c.Email, c.Address.Street, c.Address.City, c.Address.Zip} {
		if text == "" {
			return "a text of the customer is missing"
		}
	}
	if len(c.Address.Country) != 2 {
		return "customer.address.country must be a code"
	}
	if len(o.Items) == 0 {
		return "items must be a list"
	}
	for i := range o.Items {
		it := &o.Items[i]
		if it.Sku == "" || it.Name == "" {
			return fmt.Sprintf("items[%d] must have a sku and a name", i)
		}
		if it.Quantity < 1 || it.Quantity != math.Trunc(it.Quantity) {
			return fmt.Sprintf("items[%d].quantity must be an integer from 1", i)
		}
		if it.Price < 0 {
			return fmt.Sprintf("items[%d].price must be a number from 0", i)
		}
	}
	if len(o.Note) > 500 {
		return "note must be a short text"
	}
	return ""
}

func orders(w http.ResponseWriter, r *http.Request) {
	var o order
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
		refuse(w, err.Error())
		return
	}
	if message := wrong(&o); message != "" {
		refuse(w, message)
		return
	}
	sum := 0.0
	for i := range o.Items {
		sum += o.Items[i].Price * o.Items[i].Quantity
	}
	answer(w, http.StatusCreated, placed{o.Customer.Name, o.Customer.Address.City, o.Coupon, len(o.Items), sum})
}

func users(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(r.URL.Path, "/")
	if len(parts) != 5 || parts[3] != "posts" {
		http.NotFound(w, r)
		return
	}
	answer(w, http.StatusOK, read{parts[2], parts[4], r.URL.Query().Get("limit"), r.Header.Get("X-Trace")})
}

func main() {
	http.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusOK, map[string]string{"message": "Hello, World!"})
	})
	http.HandleFunc("/users/", users)
	http.HandleFunc("/rows", rows)
	http.HandleFunc("/items", items)
	http.HandleFunc("/orders", orders)
	fmt.Fprintln(os.Stderr, http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}
