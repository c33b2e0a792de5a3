CREATE TABLE "results" (
	"repository" bigint NOT NULL,
	"name" text NOT NULL,
	"found" "bytea" NOT NULL,
	"kept_at" timestamp with time zone NOT NULL,
	CONSTRAINT "results_repository_name_pk" PRIMARY KEY("repository","name")
);
--> statement-breakpoint
ALTER TABLE "results" ADD CONSTRAINT "results_repository_repositories_id_fk" FOREIGN KEY ("repository") REFERENCES "public"."repositories"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "results_by_age" ON "results" USING btree ("kept_at");