CREATE TABLE "checks" (
	"repository" bigint NOT NULL,
	"number" integer NOT NULL,
	"head" text NOT NULL,
	"check_run" bigint,
	"started_at" timestamp with time zone NOT NULL,
	"completed_at" timestamp with time zone,
	CONSTRAINT "checks_repository_number_head_pk" PRIMARY KEY("repository","number","head")
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"received_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "facts" (
	"repository" bigint NOT NULL,
	"version" text NOT NULL,
	"blob" text NOT NULL,
	"path" text NOT NULL,
	"facts" "bytea" NOT NULL,
	"used_at" timestamp with time zone NOT NULL,
	CONSTRAINT "facts_repository_version_blob_path_pk" PRIMARY KEY("repository","version","blob","path")
);
--> statement-breakpoint
CREATE TABLE "pull_requests" (
	"repository" bigint NOT NULL,
	"number" integer NOT NULL,
	"head" text NOT NULL,
	"base" text NOT NULL,
	"open" boolean NOT NULL,
	"draft" boolean NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"generation" integer DEFAULT 0 NOT NULL,
	"unfamiliar" boolean NOT NULL,
	"holder" uuid,
	"held_until" timestamp with time zone,
	CONSTRAINT "pull_requests_repository_number_pk" PRIMARY KEY("repository","number")
);
--> statement-breakpoint
CREATE TABLE "repositories" (
	"id" bigint PRIMARY KEY NOT NULL,
	"installation" bigint NOT NULL,
	"owner" text NOT NULL,
	"name" text NOT NULL,
	"private" boolean NOT NULL,
	"default_branch" text NOT NULL,
	"told_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "scores" (
	"repository" bigint NOT NULL,
	"branch" text NOT NULL,
	"commit" text NOT NULL,
	"rule_set" text NOT NULL,
	"scores" jsonb NOT NULL,
	"runs" integer NOT NULL,
	"scored_at" timestamp with time zone NOT NULL,
	CONSTRAINT "scores_repository_branch_commit_rule_set_pk" PRIMARY KEY("repository","branch","commit","rule_set")
);
--> statement-breakpoint
CREATE TABLE "trees" (
	"repository" bigint NOT NULL,
	"commit" text NOT NULL,
	"files" "bytea" NOT NULL,
	"kept_at" timestamp with time zone NOT NULL,
	CONSTRAINT "trees_repository_commit_pk" PRIMARY KEY("repository","commit")
);
--> statement-breakpoint
ALTER TABLE "checks" ADD CONSTRAINT "checks_repository_number_pull_requests_repository_number_fk" FOREIGN KEY ("repository","number") REFERENCES "public"."pull_requests"("repository","number") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "facts" ADD CONSTRAINT "facts_repository_repositories_id_fk" FOREIGN KEY ("repository") REFERENCES "public"."repositories"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pull_requests" ADD CONSTRAINT "pull_requests_repository_repositories_id_fk" FOREIGN KEY ("repository") REFERENCES "public"."repositories"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scores" ADD CONSTRAINT "scores_repository_repositories_id_fk" FOREIGN KEY ("repository") REFERENCES "public"."repositories"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trees" ADD CONSTRAINT "trees_repository_repositories_id_fk" FOREIGN KEY ("repository") REFERENCES "public"."repositories"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "checks_unfinished" ON "checks" USING btree ("started_at") WHERE "checks"."completed_at" is null;--> statement-breakpoint
CREATE INDEX "deliveries_by_age" ON "deliveries" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "facts_by_use" ON "facts" USING btree ("used_at");--> statement-breakpoint
CREATE INDEX "pull_requests_by_head" ON "pull_requests" USING btree ("repository","head");--> statement-breakpoint
CREATE INDEX "repositories_by_name" ON "repositories" USING btree (lower("owner"),lower("name"));--> statement-breakpoint
CREATE INDEX "repositories_by_installation" ON "repositories" USING btree ("installation");--> statement-breakpoint
CREATE INDEX "scores_newest" ON "scores" USING btree ("repository","branch","scored_at");--> statement-breakpoint
CREATE INDEX "trees_by_age" ON "trees" USING btree ("kept_at");