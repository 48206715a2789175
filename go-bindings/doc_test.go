package paneline_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// Whatever is exported has a comment, and every type an example that shows what it prints.
func TestDocumentation(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	fileSet := token.NewFileSet()
	var files []*ast.File
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") {
			continue
		}
		file, err := parser.ParseFile(fileSet, entry.Name(), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	pkg, err := doc.NewFromFiles(fileSet, files, "github.com/paneline/paneline/go-bindings")
	if err != nil {
		t.Fatal(err)
	}
	commented := func(name, comment string) {
		if comment == "" {
			t.Errorf("%s has no comment", name)
		}
	}
	functions := func(functions []*doc.Func, examples []*doc.Example) []*doc.Example {
		for _, function := range functions {
			commented(function.Name, function.Doc)
			examples = append(examples, function.Examples...)
		}
		return examples
	}
	values := func(groups []*doc.Value) {
		for _, group := range groups {
			for _, spec := range group.Decl.Specs {
				value := spec.(*ast.ValueSpec)
				commented(value.Names[0].Name, group.Doc+value.Doc.Text())
			}
		}
	}
	commented("the package", pkg.Doc)
	examples := functions(pkg.Funcs, pkg.Examples)
	values(pkg.Consts)
	values(pkg.Vars)
	if len(pkg.Types) < 10 {
		t.Errorf("only %d types", len(pkg.Types))
	}
	for _, kind := range pkg.Types {
		commented(kind.Name, kind.Doc)
		values(kind.Consts)
		of := functions(kind.Methods, functions(kind.Funcs, kind.Examples))
		if len(of) == 0 {
			t.Errorf("%s has no example", kind.Name)
		}
		if kind.Name == "Assigner" && len(kind.Funcs) != 3 {
			t.Errorf("%d constructors are listed with Assigner, want 3", len(kind.Funcs))
		}
		examples = append(examples, of...)
	}
	for _, example := range examples {
		if example.Output == "" {
			t.Errorf("Example%s prints nothing", example.Name)
		}
	}
}
